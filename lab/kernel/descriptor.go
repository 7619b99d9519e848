package kernel

import "strconv"

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
