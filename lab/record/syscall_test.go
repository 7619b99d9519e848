package record

import (
	"net/netip"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"dialpath/probes"
)

func TestArguments(t *testing.T) {
	peer := netip.MustParseAddrPort("10.0.0.2:1337")
	for _, test := range []struct {
		call probes.Syscall
		want string
	}{
		{probes.Syscall{Name: "socket", Args: args(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)}, "AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK"},
		{probes.Syscall{Name: "socket", Args: args(unix.AF_INET6, unix.SOCK_DGRAM)}, "AF_INET6, SOCK_DGRAM"},
		{probes.Syscall{Name: "socket", Args: args(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC)}, "AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC"},
		{probes.Syscall{Name: "socket", Args: args(unix.AF_UNIX, unix.SOCK_SEQPACKET)}, "AF_UNIX, type 5"},
		{probes.Syscall{Name: "socket", Args: args(unix.AF_PACKET, unix.SOCK_RAW)}, "family 17, SOCK_RAW"},
		{probes.Syscall{Name: "connect", Address: peer}, "10.0.0.2:1337"},
		{probes.Syscall{Name: "accept4"}, ""},
		{probes.Syscall{Name: "listen", Args: args(3, 4096)}, "backlog 4096"},
		{probes.Syscall{Name: "sendto", Args: args(3, 0, 9), Address: peer}, "9 bytes, 10.0.0.2:1337"},
		{probes.Syscall{Name: "recvfrom", Args: args(3, 0, 1024)}, "1024 bytes"},
		{probes.Syscall{Name: "write", Args: args(3, 0, 9)}, "9 bytes"},
		{probes.Syscall{Name: "close", Args: args(3)}, ""},
	} {
		if got := arguments(test.call); got != test.want {
			t.Errorf("%s(%v): %q, want %q", test.call.Name, test.call.Args, got, test.want)
		}
	}
}

// TestSyscalls follows the descriptors of one process: only what it does to its
// sockets, and to what waits for them, is kept.
func TestSyscalls(t *testing.T) {
	const pid, elsewhere = 10, 11
	call := func(time int64, name string, ret int64, arguments ...uint64) probes.Syscall {
		return probes.Syscall{Time: time, Name: name, Return: ret, Args: args(arguments...), Thread: probes.Thread{PID: pid}, Role: probes.Client}
	}
	other := call(15, "write", 9, 3, 0, 9)
	other.PID = elsewhere
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
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("system calls (- want, + got):\n%s", diff)
	}
}

func args(values ...uint64) (all [6]uint64) {
	copy(all[:], values)
	return all
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
