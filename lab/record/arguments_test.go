package record

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/probes"
)

func args(values ...uint64) (all [6]uint64) {
	copy(all[:], values)
	return all
}

// failed makes a call fail.
func failed(call probes.Syscall, errno unix.Errno) probes.Syscall {
	call.Return = -int64(errno)
	return call
}

// TestRow: each argument finds its field, and what the kernel has not filled in is left out.
func TestRow(t *testing.T) {
	t.Parallel()
	peer := netip.MustParseAddrPort("[::ffff:10.0.0.2]:1337")
	value := func(n int64) *int64 { return &n }
	const minusOne = 1<<32 - 1 // as a register has C's int
	to := func(call probes.Syscall) probes.Syscall {
		call.Family, call.Address = unix.AF_INET6, peer
		return call
	}
	named := trace.Syscall{Family: kernel.Inet6, Address: peer}
	call := func(name string, values ...uint64) probes.Syscall {
		return probes.Syscall{Name: name, Args: args(values...)}
	}
	option := func(name string, length int, bytes ...byte) probes.Syscall {
		c := call(name, 3, unix.SOL_SOCKET, unix.SO_RCVBUF)
		c.OptionLength, c.Option = length, bytes
		return c
	}
	rcvbuf := kernel.Option{Level: unix.SOL_SOCKET, Name: unix.SO_RCVBUF}
	for _, test := range []struct {
		call probes.Syscall
		want trace.Syscall // but for its name and result
	}{
		{call("socket", unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_MPTCP),
			trace.Syscall{FD: -1, Family: kernel.Inet, Type: kernel.Stream, Protocol: 262, CloseOnExec: true, NonBlocking: true}},
		{call("socket", unix.AF_UNIX, unix.SOCK_SEQPACKET), trace.Syscall{FD: -1, Family: kernel.Unix, Type: "seqpacket"}},
		{to(call("connect", 3, 64, 28)), trace.Syscall{FD: 3, Family: named.Family, Address: peer}},
		{failed(to(call("connect", 3, 64, 28)), unix.ECONNREFUSED), trace.Syscall{FD: 3, Family: named.Family, Address: peer}},
		{call("connect", 3, 64, 28), trace.Syscall{FD: 3, Family: kernel.Unspec}},
		{to(call("recvfrom", 3, 64, 100, unix.MSG_PEEK, 65)),
			trace.Syscall{FD: 3, Buffer: 64, Size: 100, Flags: unix.MSG_PEEK, Family: named.Family, Address: peer}},
		{failed(to(call("recvfrom", 3, 64, 100, 0, 65)), unix.EAGAIN), trace.Syscall{FD: 3, Buffer: 64, Size: 100}},
		{to(call("accept4", 3, 64, 65, unix.SOCK_NONBLOCK)), trace.Syscall{FD: 3, NonBlocking: true, Family: named.Family, Address: peer}},
		{call("listen", 3, 128), trace.Syscall{FD: 3, Backlog: 128}},
		{option("setsockopt", 4, 0xfe, 0xff, 0xff, 0xff), trace.Syscall{FD: 3, Option: trace.Option{Option: rcvbuf, Length: 4, Value: value(-2)}}},
		{option("setsockopt", 1, 0xfe), trace.Syscall{FD: 3, Option: trace.Option{Option: rcvbuf, Length: 1, Value: value(254)}}},
		{option("setsockopt", 16), trace.Syscall{FD: 3, Option: trace.Option{Option: rcvbuf, Length: 16}}},
		{failed(option("setsockopt", 2, 1, 2), unix.EINVAL), trace.Syscall{FD: 3, Option: trace.Option{Option: rcvbuf, Length: 2, Value: value(513)}}},
		{option("getsockopt", 8, 1, 0, 0, 0, 2, 0, 0, 0), trace.Syscall{FD: 3, Option: trace.Option{Option: rcvbuf, Length: 8, Value: value(1 | 2<<32)}}},
		{failed(option("getsockopt", 4, 1, 0, 0, 0), unix.EINVAL), trace.Syscall{FD: 3, Option: trace.Option{Option: rcvbuf}}},
		{probes.Syscall{Name: "writev", Args: args(3), Buffers: 2, Buffer: 64, Size: 9}, trace.Syscall{FD: 3, Buffers: 2, Buffer: 64, Size: 9}},
		{probes.Syscall{Name: "writev", Args: args(3), Buffers: 9, Buffer: 64, Size: 8}, trace.Syscall{FD: 3, Buffers: 9, Buffer: 64}},
		{to(probes.Syscall{Name: "sendmsg", Args: args(3, 64, unix.MSG_DONTWAIT), Buffers: 1, Size: 9, Told: 7, Passed: []int{8}}),
			trace.Syscall{FD: 3, Flags: unix.MSG_DONTWAIT, Buffers: 1, Size: 9, Passed: []int{8}, Family: named.Family, Address: peer}},
		{probes.Syscall{Name: "recvmsg", Args: args(3), Buffers: 1, Size: 9, Told: unix.MSG_TRUNC, Passed: []int{8}},
			trace.Syscall{FD: 3, Buffers: 1, Size: 9, Told: unix.MSG_TRUNC, Passed: []int{8}}},
		{failed(probes.Syscall{Name: "recvmsg", Args: args(3), Buffers: 1, Size: 9, Told: unix.MSG_TRUNC, Passed: []int{8}}, unix.EAGAIN),
			trace.Syscall{FD: 3, Buffers: 1, Size: 9}},
		{probes.Syscall{Name: "sendmmsg", Args: args(3, 64, 32, unix.MSG_DONTWAIT), Buffers: 1, Size: 9},
			trace.Syscall{FD: 3, Messages: 32, Flags: unix.MSG_DONTWAIT, Buffers: 1, Size: 9}},
		{call("epoll_ctl", 4, unix.EPOLL_CTL_ADD, 3), trace.Syscall{FD: 3, Epoll: 4, EpollOp: "add"}},
		{call("epoll_pwait", 4, 64, 128, 250), trace.Syscall{FD: 4, Timeout: 250 * time.Millisecond}},
		{call("epoll_pwait", 4, 64, 128, minusOne), trace.Syscall{FD: 4, Timeout: trace.ForEver}},
		{probes.Syscall{Name: "epoll_pwait2", Args: args(4), Timeout: 3e9}, trace.Syscall{FD: 4, Timeout: 3 * time.Second}},
		{probes.Syscall{Name: "ppoll", Args: args(64, 2), FD: 7, Timeout: 1<<64 - 1}, trace.Syscall{FD: 7, Timeout: trace.ForEver}},
		{probes.Syscall{Name: "poll", Args: args(64, 2, 250), FD: 7}, trace.Syscall{FD: 7, Timeout: 250 * time.Millisecond}},
		{call("ioctl", 3, unix.TIOCINQ), trace.Syscall{FD: 3, Argument: unix.TIOCINQ}},
		{call("pidfd_getfd", 5, 3), trace.Syscall{FD: -1, Argument: 3}},
		{call("sendfile", 3, 5, 0, 100), trace.Syscall{FD: 3, Size: 100}},
		{call("splice", 5, 0, 3, 0, 100), trace.Syscall{FD: 3, Size: 100, Way: trace.Out}},
		{probes.Syscall{Name: "splice", Args: args(3, 0, 5, 0, 100), From: true}, trace.Syscall{FD: 3, Size: 100, Way: trace.In}},
		{probes.Syscall{Name: "recvmmsg", Args: args(3, 64, 8), Named: true, Buffers: 1, Each: []probes.Message{{Length: 9, Told: unix.MSG_TRUNC, Address: peer}}},
			trace.Syscall{FD: 3, Buffers: 1, Messages: 8, Named: true, Each: []trace.Message{{Length: 9, Told: unix.MSG_TRUNC, Address: peer}}}},
		{call("fcntl", 3, unix.F_DUPFD_CLOEXEC, 10), trace.Syscall{FD: 3, Command: kernel.DupFDCloexec, Argument: 10}},
		{call("dup3", 3, 7, unix.O_CLOEXEC), trace.Syscall{FD: 3, Argument: 7, CloseOnExec: true}},
		{call("close", minusOne), trace.Syscall{FD: -1}},
	} {
		test.call.Over = true
		got := row(test.call)
		test.want.Name, test.want.Return, test.want.Errno, test.want.Role = got.Name, got.Return, got.Errno, got.Role
		if diff := cmp.Diff(test.want, got, addresses); diff != "" {
			t.Errorf("%s(%v) = %d (-want +got):\n%s", test.call.Name, test.call.Args, test.call.Return, diff)
		}
	}
}

// bufferless are the calls that take from a file or a pipe what they send.
var bufferless = []string{"sendfile", "splice"}

// TestSizes: of every call that sends or receives it is known how much, and where in memory
// that is, if it is there.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, call := range kernel.Syscalls() {
		if call.Kind&(kernel.Sends|kernel.Receives) == 0 {
			continue
		}
		c := row(probes.Syscall{Name: call.Name, Args: args(3, 64, 9, 9, 9), Size: 9, Buffers: 1, Buffer: 64, Over: true})
		if where := c.Buffer == 64; c.Size != 9 || where == slices.Contains(bufferless, call.Name) {
			t.Errorf("%s: %d bytes at %d, want 9 at 64", call.Name, c.Size, c.Buffer)
		}
	}
}
