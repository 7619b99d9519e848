package probes

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
)

// A Syscall is one network system call of a traced process.
type Syscall struct {
	Time     int64 // of the call, ns of CLOCK_MONOTONIC
	Duration time.Duration
	Thread
	Role    Role
	Name    string
	Args    [6]uint64
	Family  uint16         // AF_* of the socket address passed in or out; 0 if there was none
	Address netip.AddrPort // the address, if it is one of AF_INET or AF_INET6
	Return  int64          // a negated errno if it failed

	// Of setsockopt and getsockopt, the option's value: its length in bytes, and if that is 8
	// at most, they themselves.
	OptionLength int
	Option       []byte

	// Of readv and writev, and of the first message of the calls with messages: how many
	// buffers there are, the bytes in the first 8 of them together, and where the first is.
	Buffers int
	Size    uint64
	Buffer  uint64

	Told   uint32 // MSG_* that a received message came with
	Passed []int  // the first descriptors, 4 at most, that a message hands to another process
}

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
}

// none is the number of a system call that an architecture does not have.
const none = -1

// behindPointers says what the arguments of system calls point to, but for addresses, whose
// places kernel.Syscalls knows.
var behindPointers = map[string]bpfWanted{
	"setsockopt": bpfWantedWANTED_OPTION_SET,
	"getsockopt": bpfWantedWANTED_OPTION_ASKED,
	"readv":      bpfWantedWANTED_BUFFERS,
	"writev":     bpfWantedWANTED_BUFFERS,
	"sendmsg":    bpfWantedWANTED_MESSAGE,
	"recvmsg":    bpfWantedWANTED_MESSAGE,
	"sendmmsg":   bpfWantedWANTED_MESSAGE,
	"recvmmsg":   bpfWantedWANTED_MESSAGE,
}

// syscallNames are their names, by the numbers.
var syscallNames = func() map[int64]string {
	names := make(map[int64]string)
	for name, number := range syscallNumbers {
		names[int64(number)] = name
	}
	return names
}()

// wantSyscalls tells the programs which system calls are wanted, and where their addresses are.
func wantSyscalls(wanted *ebpf.Map) error {
	for _, call := range kernel.Syscalls() {
		how := cmp.Or(behindPointers[call.Name], bpfWantedWANTED)
		if call.Address != kernel.NoAddress {
			how = bpfWantedWANTED_ADDRESS + bpfWanted(call.Address)
		}
		number := syscallNumbers[call.Name]
		if number == none {
			continue
		}
		if err := wanted.Put(uint32(number), how); err != nil {
			return fmt.Errorf("choose system calls: %w", err)
		}
	}
	return nil
}

func systemCall(s *bpfSyscallEvent) Syscall {
	call := Syscall{
		Name:         syscallNames[int64(s.Number)],
		Time:         int64(s.Time),
		Duration:     time.Duration(s.Duration),
		Thread:       Thread{int(s.Pid), int(s.Tid), text(s.Comm[:])},
		Role:         Role(s.Role),
		Args:         s.Args,
		Return:       s.Returned,
		OptionLength: int(s.OptionLength),
		Buffers:      int(s.Buffers),
		Size:         s.Size,
		Buffer:       s.Buffer,
		Told:         s.Told,
		Passed:       passed(s.Control[:]),
	}
	call.Family, call.Address = socketAddress(s.Address[:])
	if n := call.OptionLength; n > 0 && n <= 8 {
		call.Option = binary.NativeEndian.AppendUint64(nil, s.Option)[:n]
	}
	return call
}

// socketAddress decodes a socket's address: its family, and the address itself if it is a
// struct sockaddr_in or sockaddr_in6. It is as the program has it: an IPv4 address may be in
// IPv6's clothes (::ffff:10.0.0.1), and the number of a link is a zone.
func socketAddress(raw []byte) (family uint16, address netip.AddrPort) {
	family = binary.NativeEndian.Uint16(raw)
	port := binary.BigEndian.Uint16(raw[2:])
	switch family {
	case unix.AF_INET:
		return family, netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port)
	case unix.AF_INET6:
		ip := netip.AddrFrom16([16]byte(raw[8:24]))
		if link := binary.NativeEndian.Uint32(raw[24:]); link != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(link), 10))
		}
		return family, netip.AddrPortFrom(ip, port)
	}
	return family, netip.AddrPort{}
}

// passed decodes the beginning of a message's control data: a struct cmsghdr, that is its
// length, a level and a type, and then, if it is one of SCM_RIGHTS, descriptors.
func passed(control []byte) (descriptors []int) {
	const head = 16
	length := binary.NativeEndian.Uint64(control)
	level, kind := binary.NativeEndian.Uint32(control[8:]), binary.NativeEndian.Uint32(control[12:])
	if level != unix.SOL_SOCKET || kind != unix.SCM_RIGHTS {
		return nil
	}
	for at := head; at+4 <= len(control) && uint64(at+4) <= length; at += 4 {
		descriptors = append(descriptors, int(int32(binary.NativeEndian.Uint32(control[at:]))))
	}
	return descriptors
}
