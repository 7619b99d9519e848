package probes

import (
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"unsafe"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"dialpath/lab/ring"
)

// testNamesakes asks for functions that share a name with others. (s_show is one
// in each of several files of the kernel.)
func testNamesakes(t *testing.T) {
	for _, backend := range []Backend{KprobeMulti, Kprobe, Fentry} {
		if backend == KprobeMulti && !fprobe() {
			continue
		}
		s, err := Open(Options{Functions: []string{"s_show", "udp_sendmsg"}, Backend: backend})
		check(t, err)
		if s.Matched[0].Namesakes < 2 {
			t.Fatalf("s_show has %d namesakes on this kernel: the test needs another name", s.Matched[0].Namesakes)
		}
		failed := slices.ContainsFunc(s.Failed, func(f Failure) bool { return slices.Contains(f.Functions, "s_show") })
		if can := backend == KprobeMulti; failed == can {
			t.Errorf("%s: s_show failed: %v (%v), want %v", backend, failed, s.Failed, !can)
		}
		s.Close()
	}
}

// testFamilies sends in the less usual ways and looks at the peers.
func testFamilies(t *testing.T) {
	s, err := Open(Options{Hooks: true})
	check(t, err)
	defer s.Close()
	var server, dual netip.AddrPort
	seen := window(t, s, func() {
		peer := listenUDP(t)
		defer peer.Close()
		server = endpoint(peer.LocalAddr())

		// An IPv4 socket takes AF_UNSPEC for its own family.
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
		check(t, err)
		defer unix.Close(fd)
		raw := unix.RawSockaddrInet4{Family: unix.AF_UNSPEC, Port: swap(server.Port()), Addr: server.Addr().As4()}
		check(t, sendto(fd, []byte("ab"), &raw))

		// A dual-stack socket sends to an IPv4 peer by the IPv4 function.
		both, err := net.ListenUDP("udp", nil)
		check(t, err)
		defer both.Close()
		dual = netip.AddrPortFrom(netip.IPv6Unspecified(), endpoint(both.LocalAddr()).Port())
		_, err = both.WriteToUDPAddrPort([]byte("abc"), server)
		check(t, err)
	})
	sent := calls(seen, "UDP send")
	if len(sent) != 2 || sent[0].Peer != server || sent[0].Length != 2 || sent[0].IPv6 {
		t.Fatalf("sent %+v, want first 2 bytes from an IPv4 socket to %v", sent, server)
	}
	if got := sent[1]; got.Peer != server || got.Length != 3 || !got.IPv6 || got.Local.Port() != dual.Port() {
		t.Errorf("sent %+v, want 3 bytes from a dual-stack socket at %v to %v", got, dual, server)
	}
}

func swap(port uint16) uint16 { return port<<8 | port>>8 }

// testExitIsSeen has a process end without closing its connection: the kernel does
// it for the process, and that is counted.
func testExitIsSeen(t *testing.T) {
	s, err := Open(Options{Functions: []string{"tcp_connect", "tcp_send_fin"}})
	check(t, err)
	defer s.Close()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	defer listener.Close()
	dialer := helper(t, nil, "dial "+listener.Addr().String())
	seen := watched(t, s, dialer, Tracee)
	for _, want := range []string{"tcp_connect", "tcp_send_fin"} {
		if !slices.ContainsFunc(seen.Counts, func(c Count) bool { return c.Function.Name == want && c.Role == Tracee && c.Calls == 1 }) {
			t.Errorf("counted %v, want %s once", seen.Counts, want)
		}
	}
}

func testMissedKnown(t *testing.T, kernel string) {
	for _, backend := range []Backend{KprobeMulti, Kprobe} {
		if got, want := countsMissed(backend), kernel != "6.1"; got != want {
			t.Errorf("%s on %s: missed hits are known: %v, want %v", backend, kernel, got, want)
		}
	}
	if !countsMissed(Fentry) {
		t.Error("missed hits of fentry are known on both kernels")
	}
}

// A datagram in fragments: only the first has ports, and the payload of the others
// is not taken for any.
func TestFragments(t *testing.T) {
	ring.Root(t)
	s, err := Open(Options{Packets: true})
	check(t, err)
	defer s.Close()
	sender := helper(t, &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}, "fragments")
	seen := watched(t, s, sender, Client)
	var ports []uint16
	for _, p := range seen.Packets {
		if !p.Incoming {
			ports = append(ports, p.Destination.Port())
		}
	}
	if !slices.Equal(ports, []uint16{fragmentPort, 0, 0}) {
		t.Errorf("fragments went to ports %v, want %d, 0, 0", ports, fragmentPort)
	}
}

const fragmentPort = 4711

// sendFragments sends 4000 bytes over a loopback device that takes 1500 at a time,
// in the network namespace that it was born in.
func sendFragments(t *testing.T) {
	lo, err := netlink.LinkByName("lo")
	check(t, err)
	check(t, netlink.LinkSetMTU(lo, 1500))
	check(t, netlink.LinkSetUp(lo))
	conn, err := net.ListenUDP("udp4", nil)
	check(t, err)
	_, err = conn.WriteToUDPAddrPort(make([]byte, 4000), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), fragmentPort))
	check(t, err)
}

// sendto is sendto(2) with an address as it stands.
func sendto(fd int, payload []byte, address *unix.RawSockaddrInet4) error {
	_, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&payload[0])), uintptr(len(payload)), 0,
		uintptr(unsafe.Pointer(address)), unsafe.Sizeof(*address))
	if errno != 0 {
		return errno
	}
	return nil
}
