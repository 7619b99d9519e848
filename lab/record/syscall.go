package record

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// descriptors are the descriptors of processes that belong to the network: sockets,
// and what waits for them.
type descriptors map[descriptor]bool

type descriptor struct{ pid, fd int }

// openSockets returns what a process that is already running has open.
func openSockets(pid int) descriptors {
	known := make(descriptors)
	if pid == 0 {
		return known
	}
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, link := range links {
		kind, err := os.Readlink(link)
		fd, notNumber := strconv.Atoi(filepath.Base(link))
		if err == nil && notNumber == nil && (strings.HasPrefix(kind, "socket:") || kind == "anon_inode:[eventpoll]") {
			known[descriptor{pid, fd}] = true
		}
	}
	return known
}

// syscalls converts system calls, in the order in which they were made. Programs
// read, write and close many things; only what they do to the network is kept.
func syscalls(seen []probes.Syscall, known descriptors) []trace.Syscall {
	seen = slices.Clone(seen)
	slices.SortStableFunc(seen, func(a, b probes.Syscall) int { return cmp.Compare(a.Time, b.Time) })
	rows := make([]trace.Syscall, 0, len(seen))
	for _, call := range seen {
		fd := int(int32(call.Args[0]))
		at := descriptor{call.PID, fd}
		switch {
		case kernel.IsSyscall(call.Name, kernel.Makes):
			if call.Return >= 0 {
				known[descriptor{call.PID, int(call.Return)}] = true
			}
		case kernel.IsSyscall(call.Name, kernel.AnyFile):
			if !known[at] {
				continue
			}
		}
		if call.Name == "close" {
			delete(known, at)
		}
		switch call.Name {
		case "socket", "epoll_create1":
			fd = -1
		case "epoll_ctl": // the descriptor to be watched says more than the watcher's
			fd = int(int32(call.Args[2]))
		}
		row := trace.Syscall{
			Time:     call.Time,
			Duration: call.Duration,
			Thread:   thread(call.Thread),
			Role:     trace.Role(call.Role.String()),
			Name:     call.Name,
			Args:     arguments(call),
			FD:       fd,
			Return:   call.Return,
		}
		switch call.Name {
		case "read", "write", "sendto", "recvfrom":
			row.Buffer = call.Args[1]
		case "epoll_pwait":
			row.Timeout = timeout(call.Args[3])
		}
		if call.Return < 0 {
			row.Return, row.Errno = -1, kernel.Errno(-call.Return)
		}
		rows = append(rows, row)
	}
	return rows
}

// timeout decodes how long epoll_pwait(2) is to wait at most, which is in milliseconds.
func timeout(arg uint64) time.Duration {
	if ms := int32(arg); ms >= 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return trace.ForEver
}

// arguments decodes what follows the descriptor, as far as it helps to understand
// the call.
func arguments(call probes.Syscall) string {
	switch call.Name {
	case "socket":
		return family(call.Args[0]) + ", " + socketType(call.Args[1])
	case "bind", "connect", "accept", "accept4", "getsockname", "getpeername":
		return endpoint(call.Address)
	case "sendto", "recvfrom":
		if call.Address.IsValid() {
			return fmt.Sprintf("%d bytes, %v", call.Args[2], endpoint(call.Address))
		}
		return fmt.Sprintf("%d bytes", call.Args[2])
	case "read", "write":
		return fmt.Sprintf("%d bytes", call.Args[2])
	case "setsockopt", "getsockopt":
		return option(call.Args[1], call.Args[2])
	case "listen":
		return fmt.Sprintf("backlog %d", call.Args[1])
	}
	return ""
}

// option names a socket option, if it is one of those that Go programs set.
func option(level, name uint64) string {
	for _, known := range []struct {
		level, name uint64
		text        string
	}{
		{unix.SOL_SOCKET, unix.SO_ATTACH_BPF, "SO_ATTACH_BPF"},
		{unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, "SO_ATTACH_FILTER"},
		{unix.SOL_SOCKET, unix.SO_BROADCAST, "SO_BROADCAST"},
		{unix.SOL_SOCKET, unix.SO_ERROR, "SO_ERROR"},
		{unix.SOL_SOCKET, unix.SO_KEEPALIVE, "SO_KEEPALIVE"},
		{unix.SOL_SOCKET, unix.SO_RCVBUF, "SO_RCVBUF"},
		{unix.SOL_SOCKET, unix.SO_REUSEADDR, "SO_REUSEADDR"},
		{unix.SOL_SOCKET, unix.SO_SNDBUF, "SO_SNDBUF"},
		{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, "TCP_KEEPCNT"},
		{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, "TCP_KEEPIDLE"},
		{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, "TCP_KEEPINTVL"},
		{unix.IPPROTO_TCP, unix.TCP_NODELAY, "TCP_NODELAY"},
		{unix.IPPROTO_UDP, unix.UDP_SEGMENT, "UDP_SEGMENT"},
		{unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, "IPV6_V6ONLY"},
	} {
		if known.level == level && known.name == name {
			return known.text
		}
	}
	return fmt.Sprintf("level %d, option %d", level, name)
}

func family(n uint64) string {
	switch n {
	case unix.AF_UNIX:
		return "AF_UNIX"
	case unix.AF_INET:
		return "AF_INET"
	case unix.AF_INET6:
		return "AF_INET6"
	case unix.AF_NETLINK:
		return "AF_NETLINK"
	}
	return fmt.Sprintf("family %d", n)
}

func socketType(n uint64) string {
	kinds := map[uint64]string{
		unix.SOCK_STREAM: "SOCK_STREAM", unix.SOCK_DGRAM: "SOCK_DGRAM", unix.SOCK_RAW: "SOCK_RAW",
	}
	flags := uint64(unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK)
	text, ok := kinds[n&^flags]
	if !ok {
		text = fmt.Sprintf("type %d", n&^flags)
	}
	if n&unix.SOCK_CLOEXEC != 0 {
		text += "|SOCK_CLOEXEC"
	}
	if n&unix.SOCK_NONBLOCK != 0 {
		text += "|SOCK_NONBLOCK"
	}
	return text
}

// endpoint writes address and port as Go does, and nothing for nothing.
func endpoint(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
