package record

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"dialpath/probes"
)

// TestSyscalls: what a program does to its sockets, and to what waits for them, is kept, in
// order of time.
func TestSyscalls(t *testing.T) {
	call := func(time int64, name string, socket uint64, ret int64, arguments ...uint64) probes.Syscall {
		family := uint16(unix.AF_INET)
		if socket == 0 {
			family = 0
		}
		return probes.Syscall{Time: time, Name: name, Socket: socket, SocketFamily: family, Return: ret, Over: true, Args: args(arguments...)}
	}
	unixes := func(c probes.Syscall) probes.Syscall {
		c.SocketFamily = unix.AF_UNIX
		return c
	}
	late := call(30, "recvfrom", 4711, 0, 3)
	late.Over = false
	last := call(29, "close", 4711, 0, 3)
	last.Last = true
	const restartSys = -512
	seen := []probes.Syscall{
		call(32, "read", 4711, restartSys, 3, 64, 9), // by a signal; the kernel begins it anew
		call(33, "read", 4711, restartSys, 3, 64, 9),
		call(34, "read", 4711, 9, 3, 64, 9),
		call(35, "read", 4711, restartSys, 3, 64, 9), // and the next, at which the thread ends
		call(10, "read", 0, 5, 3, 0, 5),
		call(11, "close", 0, 0, 3),
		call(13, "socket", 4711, 3, unix.AF_INET, unix.SOCK_STREAM),
		call(14, "epoll_create1", 0, 4),
		call(16, "epoll_ctl", 4711, 0, 4, unix.EPOLL_CTL_ADD, 3),
		call(18, "write", 4711, 9, 3, 0, 9),
		call(17, "connect", 4711, -int64(unix.EINPROGRESS), 3), // reported late
		call(22, "socket", 0, -int64(unix.EMFILE), unix.AF_INET, unix.SOCK_STREAM),
		call(24, "pidfd_getfd", 0, 9, 5, 1), // a file of another process
		unixes(call(25, "sendmsg", 12, 1, 7)),
		unixes(call(26, "write", 12, 9, 1)),
		unixes(call(27, "close", 12, 0, 7)),
		call(28, "io_uring_enter", 0, 1, 8),
		last, late,
	}
	type row struct {
		Time       int64
		Name       string
		FD         int
		Socket     uint64
		Return     int64
		Errno      string
		Last       bool
		Unfinished bool
	}
	var got []row
	for _, c := range syscalls(seen) {
		got = append(got, row{c.Time, c.Name, c.FD, c.Socket, c.Return, c.Errno, c.Last, c.Unfinished})
	}
	want := []row{
		{Time: 13, Name: "socket", FD: -1, Socket: 4711, Return: 3},
		{Time: 14, Name: "epoll_create1", FD: -1, Return: 4},
		{Time: 16, Name: "epoll_ctl", FD: 3, Socket: 4711},
		{Time: 17, Name: "connect", FD: 3, Socket: 4711, Return: -1, Errno: "EINPROGRESS"},
		{Time: 18, Name: "write", FD: 3, Socket: 4711, Return: 9},
		{Time: 22, Name: "socket", FD: -1, Return: -1, Errno: "EMFILE"},
		{Time: 25, Name: "sendmsg", FD: 7, Socket: 12, Return: 1},
		{Time: 27, Name: "close", FD: 7, Socket: 12},
		{Time: 28, Name: "io_uring_enter", FD: 8, Return: 1},
		{Time: 29, Name: "close", FD: 3, Socket: 4711, Last: true},
		{Time: 30, Name: "recvfrom", FD: 3, Socket: 4711, Return: -1, Unfinished: true},
		{Time: 32, Name: "read", FD: 3, Socket: 4711, Return: 9},
		{Time: 35, Name: "read", FD: 3, Socket: 4711, Return: -1, Unfinished: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("system calls (- want, + got):\n%s", diff)
	}
}
