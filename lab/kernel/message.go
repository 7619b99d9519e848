package kernel

import (
	"fmt"
	"strings"
)

// MessageFlags are the MSG_* flags of a call that sends or receives, added up by |. The bits
// are Linux's (include/linux/socket.h).
type MessageFlags uint32

// The flags that decide what a receive is: whether it leaves the data where it is, whether it
// returns the length of all there was, and whether what it returns is data at all; and MsgMore,
// by which a program says that it has more to send, and what it sends may wait for that.
const (
	MsgPeek     MessageFlags = 0x2
	MsgTrunc    MessageFlags = 0x20
	MsgErrQueue MessageFlags = 0x2000
	MsgMore     MessageFlags = 0x8000
)

// Has tells whether all of some flags are set.
func (f MessageFlags) Has(flags MessageFlags) bool { return f&flags == flags }

// messageFlags are the names of the flags that programs set, or are told, in the order of
// their bits. (That of MSG_CMSG_CLOEXEC Go itself sets at each recvmsg(2).)
var messageFlags = []struct {
	bit  MessageFlags
	name string
}{
	{0x1, "MSG_OOB"}, {0x2, "MSG_PEEK"}, {0x4, "MSG_DONTROUTE"}, {0x8, "MSG_CTRUNC"},
	{0x20, "MSG_TRUNC"}, {0x40, "MSG_DONTWAIT"}, {0x80, "MSG_EOR"}, {0x100, "MSG_WAITALL"},
	{0x800, "MSG_CONFIRM"}, {0x2000, "MSG_ERRQUEUE"}, {0x4000, "MSG_NOSIGNAL"}, {0x8000, "MSG_MORE"},
	{0x10000, "MSG_WAITFORONE"}, {0x4000000, "MSG_ZEROCOPY"}, {0x20000000, "MSG_FASTOPEN"},
	{0x40000000, "MSG_CMSG_CLOEXEC"},
}

// String returns the flags that are set as C has them, in the order of their bits:
// MSG_PEEK|MSG_TRUNC. Those that have no name here are added up, as 0x80000.
func (f MessageFlags) String() string {
	var names []string
	for _, flag := range messageFlags {
		if f&flag.bit != 0 {
			names = append(names, flag.name)
			f &^= flag.bit
		}
	}
	if f != 0 {
		names = append(names, fmt.Sprintf("%#x", uint32(f)))
	}
	return strings.Join(names, "|")
}
