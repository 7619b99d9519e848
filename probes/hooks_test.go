package probes

import (
	"net"
	"net/netip"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// calls returns the calls of one hook.
func calls(seen *Seen, hook string) []Call {
	var all []Call
	for _, c := range seen.Calls {
		if c.Hook == hook {
			all = append(all, c)
		}
	}
	return all
}

// hooksOf does one of everything and compares each hook with what was done.
func hooksOf(t *testing.T, backend Backend) {
	s, err := Open(Options{Hooks: true, Backend: backend})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	var client, server, stranger, dialed, listener netip.AddrPort
	seen := window(t, s, func() {
		peer := listenUDP(t)
		conn, err := net.DialUDP("udp4", nil, peer.LocalAddr().(*net.UDPAddr))
		check(t, err)
		client, server = endpoint(conn.LocalAddr()), endpoint(peer.LocalAddr())
		_, err = conn.Write([]byte("something"))
		check(t, err)
		buffer := make([]byte, 100)
		_, _, err = peer.ReadFrom(buffer)
		check(t, err)

		unconnected := listenUDP(t)
		stranger = endpoint(unconnected.LocalAddr())
		_, err = unconnected.WriteToUDPAddrPort([]byte("else"), server)
		check(t, err)
		_, _, err = peer.ReadFrom(buffer)
		check(t, err)

		tcp, err := net.Listen("tcp4", "127.0.0.1:0")
		check(t, err)
		listener = endpoint(tcp.Addr())
		stream, err := net.Dial("tcp4", tcp.Addr().String())
		check(t, err)
		dialed = endpoint(stream.LocalAddr())
		for _, c := range []interface{ Close() error }{conn, peer, unconnected, tcp, stream} {
			c.Close()
		}
	})

	type fact struct {
		hook        string
		local, peer netip.AddrPort
		length      int
		ret         int64
	}
	done := make(map[string]bool)
	anywhere := netip.AddrPortFrom(netip.IPv4Unspecified(), stranger.Port())
	for _, want := range []fact{
		{"UDP connect", client, server, 0, 0},
		{"UDP send", client, server, 9, 9},
		{"UDP send", anywhere, server, 4, 4},
		{"UDP receive", server, client, 9, 9},
		{"UDP receive", server, stranger, 4, 4},
		{"TCP connect", dialed, listener, 0, 0},
	} {
		done[want.hook] = true
		found := 0
		for _, c := range calls(seen, want.hook) {
			local := c.Local
			if want.local == anywhere { // bound to 127.0.0.1 or not, by kernel
				local = netip.AddrPortFrom(anywhere.Addr(), local.Port())
			}
			if (fact{c.Hook, local, c.Peer, c.Length, c.Return}) != want {
				continue
			}
			found++
			if !c.Over || c.Duration <= 0 || c.Context != 0 || c.Role != Client || c.IPv6 || c.PID != unix.Getpid() || c.TID == 0 || c.Comm == "" {
				t.Errorf("%+v: must be over, take time, run in process context for the client over IPv4", c)
			}
		}
		if found != 1 {
			t.Errorf("%d calls like %+v, want 1, in %+v", found, want, calls(seen, want.hook))
		}
	}
	for _, hook := range hooks {
		if !done[hook] {
			t.Errorf("it is not tried what the hook on %s tells", hook)
		}
	}
	// Go's sockets do not block: what does not get a datagram is told EAGAIN.
	for _, c := range calls(seen, "UDP receive") {
		if c.Return < 0 && c.Return != -int64(syscall.EAGAIN) {
			t.Errorf("receive returned %d, want -EAGAIN", c.Return)
		}
	}
}

func listenUDP(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	check(t, err)
	return conn
}

func endpoint(a net.Addr) netip.AddrPort {
	return netip.MustParseAddrPort(a.String())
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
