package kernel

import "slices"

// A Syscall is a system call by which programs use sockets, or wait for them.
type Syscall struct {
	Name    string
	Kind    Kind
	Address int // number of the argument that points to a socket's address; or [NoAddress]
}

// NoAddress marks system calls without a socket's address among their arguments.
const NoAddress = -1

// A Kind is what a system call is for; a call may be of several kinds.
type Kind uint

// The kinds.
const (
	Makes      Kind = 1 << iota // makes a descriptor, and returns it
	SocketOnly                  // works on nothing but sockets
	AnyFile                     // works on files of any kind: on a socket only if its descriptor is one
	Sends                       // gives data to the kernel, and returns how much it took
	Receives                    // takes data from the kernel, and returns how much there was
	Addresses                   // sends or receives, and can name the other end
	Copies                      // copies a descriptor, and returns the copy
	Batches                     // moves several messages, and returns how many
	SetsUp                      // sets a socket up, asks about it, or belongs to the runtime's poller
	Polls                       // asks whether files are ready, or waits until they are
	Hides                       // has the kernel do what no system call is seen of
)

// syscalls are those that the lab records.
var syscalls = []Syscall{
	{"socket", Makes | SocketOnly, NoAddress},
	{"bind", SocketOnly, 1},
	{"listen", SocketOnly, NoAddress},
	{"connect", SocketOnly, 1},
	{"accept", Makes | SocketOnly, 1},
	{"accept4", Makes | SocketOnly, 1},
	{"getsockname", SocketOnly | SetsUp, 1},
	{"getpeername", SocketOnly | SetsUp, 1},
	{"setsockopt", SocketOnly | SetsUp, NoAddress},
	{"getsockopt", SocketOnly | SetsUp, NoAddress},
	{"sendto", SocketOnly | Sends | Addresses, 4},
	{"recvfrom", SocketOnly | Receives | Addresses, 4},
	{"sendmsg", SocketOnly | Sends | Addresses, NoAddress}, // theirs is in memory, behind a pointer
	{"recvmsg", SocketOnly | Receives | Addresses, NoAddress},
	{"sendmmsg", SocketOnly | Sends | Addresses | Batches, NoAddress},
	{"recvmmsg", SocketOnly | Receives | Addresses | Batches, NoAddress},
	{"shutdown", SocketOnly, NoAddress},
	{"read", AnyFile | Receives, NoAddress},
	{"write", AnyFile | Sends, NoAddress},
	{"readv", AnyFile | Receives, NoAddress},
	{"writev", AnyFile | Sends, NoAddress},
	{"close", AnyFile, NoAddress},
	{"dup", AnyFile | Copies, NoAddress},
	{"dup2", AnyFile | Copies, NoAddress}, // arm64 has none
	{"dup3", AnyFile | Copies, NoAddress},
	{"fcntl", AnyFile, NoAddress}, // with some commands it copies, too: see [FcntlCommand]
	{"ioctl", AnyFile, NoAddress},
	{"socketpair", SocketOnly, NoAddress}, // makes two, and returns none of them
	{"pidfd_getfd", AnyFile | Copies, NoAddress},
	{"sendfile", AnyFile | Sends, NoAddress},
	{"splice", AnyFile | Sends | Receives, NoAddress}, // one or the other
	{"preadv", AnyFile | Receives, NoAddress},
	{"pwritev", AnyFile | Sends, NoAddress},
	{"preadv2", AnyFile | Receives, NoAddress},
	{"pwritev2", AnyFile | Sends, NoAddress},
	{"poll", AnyFile | Polls, NoAddress}, // arm64 has neither it nor select nor epoll_wait
	{"ppoll", AnyFile | Polls, NoAddress},
	{"select", AnyFile | Polls, NoAddress},
	{"pselect6", AnyFile | Polls, NoAddress},
	{"epoll_create1", Makes | SetsUp, NoAddress},
	{"epoll_ctl", SetsUp, NoAddress},
	{"epoll_pwait", SetsUp | Polls, NoAddress},
	{"epoll_pwait2", SetsUp | Polls, NoAddress},
	{"epoll_wait", SetsUp | Polls, NoAddress},
	{"io_uring_setup", Hides, NoAddress},
	{"io_uring_enter", Hides, NoAddress},
	{"io_uring_register", Hides, NoAddress},
	{"io_setup", Hides, NoAddress},
	{"io_submit", Hides, NoAddress},
}

// Syscalls returns the system calls that the lab records.
func Syscalls() []Syscall { return slices.Clone(syscalls) }

// SyscallsOf returns the names of the system calls that are of all the kinds given, added
// up by |.
func SyscallsOf(kinds Kind) []string {
	var names []string
	for _, call := range syscalls {
		if call.Kind&kinds == kinds {
			names = append(names, call.Name)
		}
	}
	return names
}

// IsSyscall tells whether a system call is of all the kinds given, added up by |.
func IsSyscall(name string, kinds Kind) bool {
	return slices.ContainsFunc(syscalls, func(call Syscall) bool { return call.Name == name && call.Kind&kinds == kinds })
}
