package probes

import (
	"encoding/binary"
	"net/netip"
	"os"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"dialpath/lab/ring"
)

// TestSocketAddress: an address is decoded as the program has it, and of other families the
// family.
func TestSocketAddress(t *testing.T) {
	t.Parallel()
	mapped := [28]byte{0: 10, 2: 0x05, 3: 0x39, 18: 0xff, 19: 0xff, 20: 10, 23: 2}
	linked := [28]byte{0: 10, 2: 0x05, 3: 0x39, 8: 0xfe, 9: 0x80, 23: 1, 24: 7}
	for _, test := range []struct {
		raw    [28]byte
		family uint16
		want   string // "" for none
	}{
		{[28]byte{0: 2, 2: 0x05, 3: 0x39, 4: 10, 7: 2}, unix.AF_INET, "10.0.0.2:1337"},
		{mapped, unix.AF_INET6, "[::ffff:10.0.0.2]:1337"},
		{linked, unix.AF_INET6, "[fe80::1%7]:1337"},
		{[28]byte{0: 1, 2: '/'}, unix.AF_UNIX, ""},
		{[28]byte{}, 0, ""},
	} {
		var want netip.AddrPort
		if test.want != "" {
			want = netip.MustParseAddrPort(test.want)
		}
		if family, got := socketAddress(test.raw[:]); family != test.family || got != want {
			t.Errorf("% x is %d %v, want %d %s", test.raw, family, got, test.family, test.want)
		}
	}
}

// TestPassed: descriptors are found in control data, and nothing else is taken for them.
func TestPassed(t *testing.T) {
	t.Parallel()
	control := func(length uint64, level, kind uint32, descriptors ...uint32) []byte {
		raw := binary.NativeEndian.AppendUint64(nil, length)
		for _, n := range append([]uint32{level, kind}, descriptors...) {
			raw = binary.NativeEndian.AppendUint32(raw, n)
		}
		return append(raw, make([]byte, 32-len(raw))...)
	}
	for _, test := range []struct {
		raw  []byte
		want []int
	}{
		{control(24, unix.SOL_SOCKET, unix.SCM_RIGHTS, 7, 9), []int{7, 9}},
		{control(16+6*4, unix.SOL_SOCKET, unix.SCM_RIGHTS, 1, 2, 3, 4), []int{1, 2, 3, 4}}, // of six
		{control(1<<63, unix.SOL_SOCKET, unix.SCM_RIGHTS, 1), []int{1, 0, 0, 0}},
		{control(3, unix.SOL_SOCKET, unix.SCM_RIGHTS, 7), nil},
		{control(28, unix.SOL_SOCKET, unix.SCM_CREDENTIALS, 7, 9, 9), nil},
		{control(20, unix.SOL_IP, unix.SCM_RIGHTS, 7), nil},
		{make([]byte, 32), nil},
	} {
		if got := passed(test.raw); !slices.Equal(got, test.want) {
			t.Errorf("% x passes %v, want %v", test.raw, got, test.want)
		}
	}
}

// TestArguments: what the arguments of system calls point to is read: options, buffers,
// messages and descriptors.
func TestArguments(t *testing.T) {
	ring.Root(t)
	s, err := Open(Options{Syscalls: true})
	check(t, err)
	defer s.Close()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	check(t, err)
	file, err := os.Open(os.DevNull)
	check(t, err)
	defer file.Close()
	first, second := []byte("some"), []byte("thing")
	var copied int
	var received []byte
	seen := window(t, s, func() {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
		check(t, err)
		check(t, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096))
		check(t, unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1, Linger: 2}))
		_, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
		check(t, err)
		check(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		self, err := unix.Getsockname(fd)
		check(t, err)
		_, err = unix.SendmsgBuffers(fd, [][]byte{first, second}, nil, self, unix.MSG_DONTWAIT)
		check(t, err)
		room := make([]byte, 4)
		_, _, _, _, err = unix.Recvmsg(fd, room, nil, unix.MSG_PEEK)
		check(t, err)
		received = room
		copied, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
		check(t, err)
		check(t, unix.Dup3(fd, copied, unix.O_CLOEXEC))
		_, err = unix.Writev(pair[0], [][]byte{first, second, first})
		check(t, err)
		check(t, unix.Sendmsg(pair[0], first, unix.UnixRights(int(file.Fd()), fd), nil, 0))
		for _, one := range []int{fd, copied, pair[0], pair[1]} {
			unix.Close(one)
		}
	})
	calls := make(map[string][]Syscall)
	for _, c := range seen.Syscalls {
		calls[c.Name] = append(calls[c.Name], c)
	}
	number := func(c Syscall) uint64 { return binary.NativeEndian.Uint64(append(c.Option, make([]byte, 8)...)) }
	if set := calls["setsockopt"]; len(set) != 2 || set[0].OptionLength != 4 || number(set[0]) != 4096 || set[1].OptionLength != 8 || number(set[1]) != 1|2<<32 {
		t.Errorf("options that were set: %+v", set)
	}
	if got := calls["getsockopt"]; len(got) == 0 || got[0].OptionLength != 4 || number(got[0]) != unix.SOCK_DGRAM {
		t.Errorf("options that were asked for: %+v", got)
	}
	self := calls["getsockname"][0].Address
	if sent := calls["sendmsg"]; len(sent) != 2 || sent[0].Buffers != 2 || sent[0].Size != 9 || sent[0].Buffer != address64(first) ||
		sent[0].Address != self || sent[0].Args[2] != unix.MSG_DONTWAIT || sent[0].Passed != nil || sent[1].Passed == nil || sent[1].Passed[0] != int(file.Fd()) {
		t.Errorf("messages that were sent, to %v: %+v", self, sent)
	}
	if got := calls["recvmsg"]; len(got) != 1 || got[0].Size != 4 || got[0].Buffer != address64(received) || got[0].Address != self ||
		got[0].Told != unix.MSG_TRUNC || got[0].Args[2] != unix.MSG_PEEK || got[0].Return != 4 {
		t.Errorf("messages that were received: %+v", got)
	}
	if list := calls["writev"]; len(list) != 1 || list[0].Buffers != 3 || list[0].Size != 13 || list[0].Return != 13 {
		t.Errorf("lists that were written: %+v", list)
	}
	if got := calls["fcntl"]; len(got) != 1 || got[0].Args[1] != unix.F_DUPFD_CLOEXEC || got[0].Return != int64(copied) {
		t.Errorf("copies by fcntl: %+v", got)
	}
	if got := calls["dup3"]; len(got) != 1 || got[0].Args[1] != uint64(copied) || got[0].Args[2] != unix.O_CLOEXEC {
		t.Errorf("copies by dup3: %+v", got)
	}
}

// address64 returns where bytes are in memory.
func address64(b []byte) uint64 { return uint64(uintptr(unsafe.Pointer(&b[0]))) }
