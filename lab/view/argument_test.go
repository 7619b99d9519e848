package view_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

// TestArguments: a call is shown with the words of C for its arguments.
func TestArguments(t *testing.T) {
	t.Parallel()
	ipv4, mapped, linked := netip.MustParseAddrPort("10.0.0.2:1337"), netip.MustParseAddrPort("[::ffff:10.0.0.2]:1337"), netip.MustParseAddrPort("[fe80::1%7]:53")
	option := func(level, name int) trace.Option {
		return trace.Option{Option: kernel.Option{Level: level, Name: name}, Length: 4}
	}
	for _, test := range []struct {
		call trace.Syscall
		want string
	}{
		{trace.Syscall{Name: "socket", FD: -1, Family: kernel.Inet, Type: kernel.Stream, CloseOnExec: true, NonBlocking: true}, "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK)"},
		{trace.Syscall{Name: "socket", FD: -1, Family: "45", Type: "7"}, "socket(family 45, type 7)"},
		{trace.Syscall{Name: "connect", Family: kernel.Inet, Address: ipv4}, "connect(0, 10.0.0.2:1337)"},
		{trace.Syscall{Name: "connect", Family: kernel.Inet6, Address: mapped}, "connect(0, 10.0.0.2:1337)"},
		{trace.Syscall{Name: "connect", Family: kernel.Inet6, Address: linked}, "connect(0, [fe80::1%7]:53)"},
		{trace.Syscall{Name: "connect", Family: kernel.Unix}, "connect(0, AF_UNIX)"},
		{trace.Syscall{Name: "connect", Family: kernel.Unspec}, "connect(0, AF_UNSPEC)"},
		{trace.Syscall{Name: "accept4"}, "accept4(0)"},
		{trace.Syscall{Name: "accept4", Address: ipv4, NonBlocking: true}, "accept4(0, 10.0.0.2:1337, SOCK_NONBLOCK)"},
		{trace.Syscall{Name: "listen", Backlog: 4096}, "listen(0, backlog 4096)"},
		{trace.Syscall{Name: "sendto", Size: 9, Address: ipv4}, "sendto(0, 9 bytes, 10.0.0.2:1337)"},
		{trace.Syscall{Name: "recvfrom", Size: 9, Flags: 0x22}, "recvfrom(0, 9 bytes, MSG_PEEK|MSG_TRUNC)"},
		{trace.Syscall{Name: "read"}, "read(0, 0 bytes)"},
		{trace.Syscall{Name: "sendmsg"}, "sendmsg(0)"}, // of an older trace
		{trace.Syscall{Name: "sendmsg", Buffers: 2, Size: 9, Address: ipv4}, "sendmsg(0, 9 bytes, 10.0.0.2:1337)"},
		{trace.Syscall{Name: "sendmmsg", Messages: 32, Size: 9}, "sendmmsg(0, 32 messages)"},
		{trace.Syscall{Name: "writev", Buffers: 2, Size: 9}, "writev(0, 9 bytes)"},
		{trace.Syscall{Name: "setsockopt", Option: option(1, 6)}, "setsockopt(0, SO_BROADCAST)"},
		{trace.Syscall{Name: "getsockopt", Option: option(0, 99)}, "getsockopt(0, level 0, option 99)"},
		{trace.Syscall{Name: "ioctl", FD: 3, Argument: kernel.Fionread}, "ioctl(3, FIONREAD)"},
		{trace.Syscall{Name: "ioctl", FD: 3, Argument: 9}, "ioctl(3, request 0x9)"},
		{trace.Syscall{Name: "pidfd_getfd", FD: -1, Argument: 3}, "pidfd_getfd(descriptor 3 of another)"},
		{trace.Syscall{Name: "sendfile", FD: 5, Size: 1000}, "sendfile(5, 1000 bytes)"},
		{trace.Syscall{Name: "splice", FD: 5, Size: 1000, Way: trace.Out}, "splice(5, 1000 bytes)"},
		{trace.Syscall{Name: "setsockopt"}, "setsockopt(0)"}, // of an older trace
		{trace.Syscall{Name: "fcntl", Command: kernel.DupFDCloexec}, "fcntl(0, F_DUPFD_CLOEXEC)"},
		{trace.Syscall{Name: "dup3", Argument: 7}, "dup3(0, 7)"},
		{trace.Syscall{Name: "epoll_ctl", Epoll: 4, EpollOp: "add"}, "epoll_ctl(0)"},
		{trace.Syscall{Name: "close"}, "close(0)"},
	} {
		var got bytes.Buffer
		if err := view.Syscalls(&got, &trace.Trace{Syscalls: []trace.Syscall{test.call}}, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if text := strings.TrimSpace(got.String()); text != test.want+" = 0" {
			t.Errorf("got %s, want %s = 0", text, test.want)
		}
	}
}
