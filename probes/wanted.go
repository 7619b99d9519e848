package probes

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
)

// syscallNumbers are the numbers of the system calls that are recorded: they differ from
// architecture to architecture.
var syscallNumbers = map[string]int{
	"socket":        unix.SYS_SOCKET,
	"bind":          unix.SYS_BIND,
	"listen":        unix.SYS_LISTEN,
	"connect":       unix.SYS_CONNECT,
	"accept":        unix.SYS_ACCEPT,
	"accept4":       unix.SYS_ACCEPT4,
	"getsockname":   unix.SYS_GETSOCKNAME,
	"getpeername":   unix.SYS_GETPEERNAME,
	"setsockopt":    unix.SYS_SETSOCKOPT,
	"getsockopt":    unix.SYS_GETSOCKOPT,
	"sendto":        unix.SYS_SENDTO,
	"recvfrom":      unix.SYS_RECVFROM,
	"sendmsg":       unix.SYS_SENDMSG,
	"recvmsg":       unix.SYS_RECVMSG,
	"sendmmsg":      unix.SYS_SENDMMSG,
	"recvmmsg":      unix.SYS_RECVMMSG,
	"shutdown":      unix.SYS_SHUTDOWN,
	"read":          unix.SYS_READ,
	"write":         unix.SYS_WRITE,
	"readv":         unix.SYS_READV,
	"writev":        unix.SYS_WRITEV,
	"close":         unix.SYS_CLOSE,
	"epoll_create1": unix.SYS_EPOLL_CREATE1,
	"epoll_ctl":     unix.SYS_EPOLL_CTL,
	"epoll_pwait":   unix.SYS_EPOLL_PWAIT,
	"dup":           unix.SYS_DUP,
	"dup2":          sysDup2,
	"dup3":          unix.SYS_DUP3,
	"fcntl":         unix.SYS_FCNTL,
	"ioctl":         unix.SYS_IOCTL,

	"socketpair":   unix.SYS_SOCKETPAIR,
	"pidfd_getfd":  unix.SYS_PIDFD_GETFD,
	"sendfile":     unix.SYS_SENDFILE,
	"splice":       unix.SYS_SPLICE,
	"preadv":       unix.SYS_PREADV,
	"pwritev":      unix.SYS_PWRITEV,
	"preadv2":      unix.SYS_PREADV2,
	"pwritev2":     unix.SYS_PWRITEV2,
	"poll":         sysPoll,
	"ppoll":        unix.SYS_PPOLL,
	"select":       sysSelect,
	"pselect6":     unix.SYS_PSELECT6,
	"epoll_wait":   sysEpollWait,
	"epoll_pwait2": unix.SYS_EPOLL_PWAIT2,

	"io_uring_setup":    unix.SYS_IO_URING_SETUP,
	"io_uring_enter":    unix.SYS_IO_URING_ENTER,
	"io_uring_register": unix.SYS_IO_URING_REGISTER,
	"io_setup":          unix.SYS_IO_SETUP,
	"io_submit":         unix.SYS_IO_SUBMIT,
}

// none is the number of a system call that an architecture does not have.
const none = -1

// behindPointers says what the arguments of system calls point to, but for addresses, whose
// places kernel.Syscalls knows.
var behindPointers = map[string]bpfBehind{
	"setsockopt": bpfBehindOPTION_SET,
	"getsockopt": bpfBehindOPTION_ASKED,
	"readv":      bpfBehindBUFFERS,
	"writev":     bpfBehindBUFFERS,
	"preadv":     bpfBehindBUFFERS,
	"pwritev":    bpfBehindBUFFERS,
	"preadv2":    bpfBehindBUFFERS,
	"pwritev2":   bpfBehindBUFFERS,
	"sendmsg":    bpfBehindMESSAGE,
	"recvmsg":    bpfBehindMESSAGE,
	"sendmmsg":   bpfBehindMESSAGES,
	"recvmmsg":   bpfBehindMESSAGES,
}

// descriptorPlaces says where system calls that are about sockets have the descriptor, if it
// is not the first argument.
var descriptorPlaces = map[string]bpfPlace{
	"socket":      bpfPlaceRETURNED,
	"accept":      bpfPlaceACCEPTED,
	"accept4":     bpfPlaceACCEPTED,
	"pidfd_getfd": bpfPlaceRETURNED,
	"socketpair":  bpfPlacePAIR,
	"splice":      bpfPlaceSPLICED,
	"poll":        bpfPlacePOLLED,
	"ppoll":       bpfPlacePOLLED,
	"select":      bpfPlaceSELECTED,
	"pselect6":    bpfPlaceSELECTED,
	"epoll_ctl":   bpfPlaceTHIRD,
}

// filled are the calls of which the kernel fills in the address.
var filled = []string{"accept", "accept4", "getsockname", "getpeername", "recvfrom", "recvmsg", "recvmmsg"}

// timeouts are the numbers of the arguments that point to a time.
var timeouts = map[string]uint8{"ppoll": 2, "select": 4, "pselect6": 4, "epoll_pwait2": 3}

// noArgument is NO_ARGUMENT of bpf/behind.h.
const noArgument = 255

// wantSyscalls tells the programs which system calls are wanted, and what of them.
func wantSyscalls(wanted *ebpf.Map) error {
	for _, call := range kernel.Syscalls() {
		number := syscallNumbers[call.Name]
		if number == none {
			continue
		}
		if err := wanted.Put(uint32(number), howWanted(call)); err != nil {
			return fmt.Errorf("choose system calls: %w", err)
		}
	}
	return nil
}

func howWanted(call kernel.Syscall) bpfWanted {
	w := bpfWanted{
		Wanted:  1,
		Behind:  behindPointers[call.Name],
		Address: noArgument,
		Timeout: noArgument,
	}
	ofSockets := call.Kind&(kernel.SocketOnly|kernel.AnyFile) != 0
	w.Descriptor = descriptorPlaces[call.Name]
	if ofSockets {
		w.Descriptor = cmp.Or(w.Descriptor, bpfPlaceFIRST)
	}
	// What a call of this kind returns is known to be a socket or not when it has returned.
	if call.Kind&kernel.AnyFile != 0 && w.Descriptor != bpfPlaceRETURNED {
		w.OnlySockets = 1
	}
	if slices.Contains(filled, call.Name) {
		w.Receives = 1
	}
	if call.Address != kernel.NoAddress {
		w.Address = uint8(call.Address)
	}
	if at, ok := timeouts[call.Name]; ok {
		w.Timeout = at
	}
	if call.Name == "select" {
		w.Micro = 1
	}
	return w
}
