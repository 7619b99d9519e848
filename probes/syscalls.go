package probes

import (
	"encoding/binary"
	"fmt"
	"net/netip"
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
	Address netip.AddrPort // the socket address passed in or out, if there was one
	Return  int64          // a negated errno if it failed
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
		how := bpfWantedWANTED
		if call.Address != kernel.NoAddress {
			how = bpfWantedWANTED_WITH_ADDRESS + bpfWanted(call.Address)
		}
		if err := wanted.Put(uint32(syscallNumbers[call.Name]), how); err != nil {
			return fmt.Errorf("choose system calls: %w", err)
		}
	}
	return nil
}

func systemCall(s *bpfSyscallEvent) Syscall {
	return Syscall{
		Name:     syscallNames[int64(s.Number)],
		Time:     int64(s.Time),
		Duration: time.Duration(s.Duration),
		Thread:   Thread{int(s.Pid), int(s.Tid), text(s.Comm[:])},
		Role:     Role(s.Role),
		Args:     s.Args,
		Address:  socketAddress(s.Address[:]),
		Return:   s.Returned,
	}
}

// socketAddress decodes a struct sockaddr_in or sockaddr_in6. Anything else, and
// nothing, is the invalid address.
func socketAddress(raw []byte) netip.AddrPort {
	port := binary.BigEndian.Uint16(raw[2:])
	switch binary.NativeEndian.Uint16(raw) {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port)
	case unix.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(raw[8:24])).Unmap(), port)
	}
	return netip.AddrPort{}
}
