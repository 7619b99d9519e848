package kernel

import (
	"fmt"
	"strconv"
)

// A FcntlCommand is what fcntl(2) is to do with a descriptor, by the kernel's name for it in
// small letters: dupfd for F_DUPFD. One that the table does not know has its number for a
// name.
type FcntlCommand string

// The commands that copy a descriptor.
const (
	DupFD        FcntlCommand = "dupfd"
	DupFDCloexec FcntlCommand = "dupfd_cloexec"
)

// fcntlCommands are by their numbers on amd64 and arm64 (include/uapi/asm-generic/fcntl.h
// and include/uapi/linux/fcntl.h).
var fcntlCommands = map[uint32]FcntlCommand{
	0: DupFD, 1: "getfd", 2: "setfd", 3: "getfl", 4: "setfl", 1030: DupFDCloexec,
}

// FcntlCommandOf returns the command of that number.
func FcntlCommandOf(number uint32) FcntlCommand {
	if c, ok := fcntlCommands[number]; ok {
		return c
	}
	return FcntlCommand(strconv.FormatUint(uint64(number), 10))
}

// String returns the command as C has it: F_DUPFD; "command 8" for one that the table does
// not know.
func (c FcntlCommand) String() string { return constant(string(c), "F_", "command ") }

// ioctls are the requests that are made of sockets, by their numbers on amd64 and arm64
// (include/uapi/asm-generic/ioctls.h and include/uapi/linux/sockios.h).
var ioctls = map[uint32]string{
	0x5411: "TIOCOUTQ", Fionread: "FIONREAD", 0x5421: "FIONBIO", 0x8905: "SIOCATMARK",
	0x8912: "SIOCGIFCONF", 0x8913: "SIOCGIFFLAGS", 0x8915: "SIOCGIFADDR", 0x8921: "SIOCGIFMTU", 0x8933: "SIOCGIFINDEX",
}

// Fionread asks how much can be read: of a datagram socket, how long the next datagram is.
const Fionread = 0x541b

// IoctlName returns C's name of an ioctl(2) request, or what is known of it.
func IoctlName(request uint32) string {
	if name, ok := ioctls[request]; ok {
		return name
	}
	return fmt.Sprintf("request %#x", request)
}

// An EpollOp is what epoll_ctl(2) is to do with a descriptor: add, del or mod, or a number
// that means nothing.
type EpollOp string

// EpollOpOf returns the operation of that number (include/uapi/linux/eventpoll.h).
func EpollOpOf(number uint32) EpollOp {
	switch number {
	case 1:
		return "add"
	case 2:
		return "del"
	case 3:
		return "mod"
	}
	return EpollOp(strconv.FormatUint(uint64(number), 10))
}
