package record

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"dialpath/probes"
)

// TestSyscalls follows the descriptors of one process: only what it does to its
// sockets, and to what waits for them, is kept.
func TestSyscalls(t *testing.T) {
	const pid, elsewhere = 10, 11
	call := func(time int64, name string, ret int64, arguments ...uint64) probes.Syscall {
		return probes.Syscall{Time: time, Name: name, Return: ret, Args: args(arguments...), Thread: probes.Thread{PID: pid}, Role: probes.Client}
	}
	other := call(15, "write", 9, 3, 0, 9)
	other.PID = elsewhere
	received := call(32, "recvmsg", 1, 7)
	received.Passed = []int{21}
	seen := []probes.Syscall{
		call(10, "read", 5, 3, 0, 5), // a file, for all we know
		call(12, "close", 0, 3),      // likewise
		call(13, "socket", 3, unix.AF_INET, unix.SOCK_STREAM),
		call(14, "epoll_create1", 4),
		other, // descriptor 3 of another process
		call(16, "epoll_ctl", 0, 4, unix.EPOLL_CTL_ADD, 3),
		call(18, "write", 9, 3, 0, 9),
		call(17, "connect", -int64(unix.EINPROGRESS), 3), // reported late
		call(19, "read", -int64(unix.EAGAIN), 3, 0, 1024),
		call(20, "accept4", 6, 3),
		call(21, "read", 0, 6, 0, 1024),
		call(22, "socket", -int64(unix.EMFILE), unix.AF_INET, unix.SOCK_STREAM),
		call(23, "close", 0, 3),
		call(24, "write", 9, 3, 0, 9), // a file again
		call(25, "write", 9, 7, 0, 9), // was open before
		call(26, "fcntl", 8, 7, unix.F_DUPFD_CLOEXEC, 0),
		call(27, "write", 9, 8, 0, 9), // on the copy
		call(28, "fcntl", 2, 7, unix.F_GETFL),
		call(29, "write", 9, 2, 0, 9), // no copy, but what F_GETFL returned
		call(30, "dup2", 8, 5, 8),     // a file takes the copy's number
		call(31, "write", 9, 8, 0, 9),
		received, call(33, "write", 9, 21, 0, 9),
	}
	type row struct {
		Time   int64
		Name   string
		FD     int
		Return int64
		Errno  string
	}
	var got []row
	for _, c := range syscalls(seen, descriptors{{pid, 7}: true}) {
		got = append(got, row{c.Time, c.Name, c.FD, c.Return, c.Errno})
	}
	want := []row{
		{13, "socket", -1, 3, ""},
		{14, "epoll_create1", -1, 4, ""},
		{16, "epoll_ctl", 3, 0, ""},
		{17, "connect", 3, -1, "EINPROGRESS"},
		{18, "write", 3, 9, ""},
		{19, "read", 3, -1, "EAGAIN"},
		{20, "accept4", 3, 6, ""},
		{21, "read", 6, 0, ""},
		{22, "socket", -1, -1, "EMFILE"},
		{23, "close", 3, 0, ""},
		{25, "write", 7, 9, ""},
		{26, "fcntl", 7, 8, ""},
		{27, "write", 8, 9, ""},
		{28, "fcntl", 7, 2, ""},
		{32, "recvmsg", 7, 1, ""},
		{33, "write", 21, 9, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("system calls (- want, + got):\n%s", diff)
	}
}

// TestOpenSockets looks at this very process.
func TestOpenSockets(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	known := openSockets(os.Getpid())
	for fd, want := range map[int]bool{pair[0]: true, pair[1]: true, int(file.Fd()): false} {
		if got := known[descriptor{os.Getpid(), fd}]; got != want {
			t.Errorf("descriptor %d is a socket: %v, want %v", fd, got, want)
		}
	}
	if none := openSockets(0); len(none) > 0 {
		t.Errorf("sockets of nobody: %v", none)
	}
}
