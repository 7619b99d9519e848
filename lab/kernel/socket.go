package kernel

import (
	"strconv"
	"strings"
)

// A Family is a family of socket addresses, by the kernel's name for it in small letters:
// inet for AF_INET. One that the table does not know has its number for a name. The empty
// Family is that of no address at all.
type Family string

// The families that claims and exercises speak of.
const (
	Unspec Family = "unspec" // of connect(2), takes a socket its peer away
	Unix   Family = "unix"
	Inet   Family = "inet"
	Inet6  Family = "inet6"
)

// families are by their numbers, which are the same on all architectures
// (include/linux/socket.h).
var families = map[uint16]Family{
	0: Unspec, 1: Unix, 2: Inet, 10: Inet6, 16: "netlink", 17: "packet", 38: "alg", 40: "vsock", 44: "xdp",
}

// FamilyOf returns the family of that number.
func FamilyOf(number uint16) Family {
	if f, ok := families[number]; ok {
		return f
	}
	return Family(strconv.Itoa(int(number)))
}

// String returns the family as C has it: AF_INET; "family 45" for one that the table does not
// know.
func (f Family) String() string { return constant(string(f), "AF_", "family ") }

// constant returns the name that C has for what is short here. What has a number instead is
// called by a word and that number.
func constant(short, prefix, word string) string {
	if short == "" {
		return ""
	}
	if short[0] >= '0' && short[0] <= '9' {
		return word + short
	}
	return prefix + strings.ToUpper(short)
}

// A SocketType is what a socket offers, by the kernel's name for it in small letters: dgram
// for SOCK_DGRAM. One that the table does not know has its number for a name.
type SocketType string

// The types that claims and exercises speak of.
const (
	Stream   SocketType = "stream"
	Datagram SocketType = "dgram"
)

// socketTypes are by their numbers on amd64 and arm64 (include/linux/net.h).
var socketTypes = map[uint32]SocketType{1: Stream, 2: Datagram, 3: "raw", 4: "rdm", 5: "seqpacket"}

// What may be added to a socket's type, and to the flags of accept4(2): O_NONBLOCK and
// O_CLOEXEC, on amd64 and arm64. The latter is also a flag of epoll_create1(2) and dup3(2).
const (
	NonBlocking = 0o4000
	CloseOnExec = 0o2000000
)

// SocketTypeOf returns the type of that number, without what may be added to it.
func SocketTypeOf(number uint32) SocketType {
	number &^= NonBlocking | CloseOnExec
	if t, ok := socketTypes[number]; ok {
		return t
	}
	return SocketType(strconv.FormatUint(uint64(number), 10))
}

// String returns the type as C has it: SOCK_DGRAM; "type 7" for one that the table does not
// know.
func (t SocketType) String() string { return constant(string(t), "SOCK_", "type ") }
