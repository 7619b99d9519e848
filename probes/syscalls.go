package probes

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
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

// noAddress marks system calls without a socket address among their arguments.
const noAddress = -1

// networkSyscalls are the system calls that programs use sockets by, with the
// number of the argument that points to a socket address.
var networkSyscalls = []struct {
	number  int
	name    string
	address int
}{
	{unix.SYS_SOCKET, "socket", noAddress},
	{unix.SYS_BIND, "bind", 1},
	{unix.SYS_LISTEN, "listen", noAddress},
	{unix.SYS_CONNECT, "connect", 1},
	{unix.SYS_ACCEPT, "accept", 1},
	{unix.SYS_ACCEPT4, "accept4", 1},
	{unix.SYS_GETSOCKNAME, "getsockname", 1},
	{unix.SYS_GETPEERNAME, "getpeername", 1},
	{unix.SYS_SETSOCKOPT, "setsockopt", noAddress},
	{unix.SYS_GETSOCKOPT, "getsockopt", noAddress},
	{unix.SYS_SENDTO, "sendto", 4},
	{unix.SYS_RECVFROM, "recvfrom", 4},
	{unix.SYS_SENDMSG, "sendmsg", noAddress},
	{unix.SYS_RECVMSG, "recvmsg", noAddress},
	{unix.SYS_SENDMMSG, "sendmmsg", noAddress},
	{unix.SYS_RECVMMSG, "recvmmsg", noAddress},
	{unix.SYS_SHUTDOWN, "shutdown", noAddress},
	{unix.SYS_READ, "read", noAddress},
	{unix.SYS_WRITE, "write", noAddress},
	{unix.SYS_READV, "readv", noAddress},
	{unix.SYS_WRITEV, "writev", noAddress},
	{unix.SYS_CLOSE, "close", noAddress},
	{unix.SYS_EPOLL_CREATE1, "epoll_create1", noAddress},
	{unix.SYS_EPOLL_CTL, "epoll_ctl", noAddress},
	{unix.SYS_EPOLL_PWAIT, "epoll_pwait", noAddress},
}

// wantSyscalls tells the programs which system calls are wanted, and where their addresses are.
func wantSyscalls(wanted *ebpf.Map) error {
	for _, call := range networkSyscalls {
		how := bpfWantedWANTED
		if call.address != noAddress {
			how = bpfWantedWANTED_WITH_ADDRESS + bpfWanted(call.address)
		}
		if err := wanted.Put(uint32(call.number), how); err != nil {
			return fmt.Errorf("choose system calls: %w", err)
		}
	}
	return nil
}

func systemCall(s *bpfSyscallEvent) Syscall {
	call := Syscall{
		Time:     int64(s.Time),
		Duration: time.Duration(s.Duration),
		Thread:   Thread{int(s.Pid), int(s.Tid), text(s.Comm[:])},
		Role:     Role(s.Role),
		Args:     s.Args,
		Address:  socketAddress(s.Address[:]),
		Return:   s.Returned,
	}
	for _, known := range networkSyscalls {
		if known.number == int(s.Number) {
			call.Name = known.name
		}
	}
	return call
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
