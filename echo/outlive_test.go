package echo

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// scripted is a packet socket whose datagrams and failures are written down
// beforehand: those that a test cannot have from a kernel at will.
type scripted struct {
	net.PacketConn
	reads  []packet
	writes []packet
	over   context.CancelFunc // called when there is nothing left to read
}

// packet is a read or a write of a scripted socket: a failed one if err is set.
type packet struct {
	data string
	peer *net.UDPAddr
	err  error // of the read
	lost error // of the write of its echo
}

var here = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1337}

func (s *scripted) LocalAddr() net.Addr              { return here }
func (s *scripted) SetDeadline(time.Time) error      { return nil }
func (s *scripted) SetWriteDeadline(time.Time) error { return nil }
func (s *scripted) Close() error                     { return nil }

func (s *scripted) ReadFrom(b []byte) (int, net.Addr, error) {
	if len(s.reads) == 0 {
		s.over()
		return 0, nil, net.ErrClosed
	}
	next := s.reads[0]
	s.reads = s.reads[1:]
	if next.err != nil {
		return 0, nil, &net.OpError{Op: "read", Net: "udp", Source: here, Err: os.NewSyscallError("recvfrom", next.err)}
	}
	s.writes = append(s.writes, next)
	return copy(b, next.data), next.peer, nil
}

func (s *scripted) WriteTo(b []byte, addr net.Addr) (int, error) {
	answered := &s.writes[len(s.writes)-1]
	if answered.lost != nil {
		return 0, &net.OpError{Op: "write", Net: "udp", Source: here, Addr: addr, Err: os.NewSyscallError("sendto", answered.lost)}
	}
	if string(b) != answered.data || addr != net.Addr(answered.peer) {
		return 0, fmt.Errorf("answered %q to %v", b, addr)
	}
	return len(b), nil
}

// play lets a server answer what is scripted and returns its lines.
func play(t *testing.T, reads ...packet) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var out strings.Builder
	server := Server{Timeout: DefaultTimeout, Buffer: 10, Out: &out}
	server.answerAll(ctx, &scripted{reads: reads, over: cancel})
	return out.String()
}

func peer(port int) *net.UDPAddr { return &net.UDPAddr{IP: net.IPv4(127, 0, 0, 9), Port: port} }

// TestOutliveWrites: each failure is the misfortune of one peer.
func TestOutliveWrites(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  syscall.Errno
		text string
	}{
		{syscall.ECONNREFUSED, "connection refused"}, // an ICMP port unreachable
		{syscall.EHOSTUNREACH, "no route to host"},
		{syscall.EMSGSIZE, "message too long"},
		{syscall.EPERM, "operation not permitted"}, // a firewall
		{syscall.ENOBUFS, "no buffer space available"},
	} {
		got := play(t, packet{data: "one", peer: peer(40001), lost: test.err}, packet{data: "two", peer: peer(40002)})
		want := "packet-received: bytes=3 from=127.0.0.9:40001\n" +
			"packet-failed: write udp 127.0.0.1:1337->127.0.0.9:40001: sendto: " + test.text + "\n" +
			"packet-received: bytes=3 from=127.0.0.9:40002\n" +
			"packet-written: bytes=3 to=127.0.0.9:40002\n"
		if got != want {
			t.Errorf("%v: printed\n%swant\n%s", test.err, got, want)
		}
	}
}

// TestOutliveReads also measures, on a clock of its own, that failure after
// failure does not become a busy loop.
func TestOutliveReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		reads := make([]packet, 12)
		for i := range reads {
			reads[i].err = syscall.ENOMEM
		}
		got := play(t, append(reads, packet{data: "two", peer: peer(40002)}, packet{err: syscall.ENOMEM})...)
		failure := "packet-failed: read udp 127.0.0.1:1337: recvfrom: cannot allocate memory\n"
		want := strings.Repeat(failure, 12) +
			"packet-received: bytes=3 from=127.0.0.9:40002\n" +
			"packet-written: bytes=3 to=127.0.0.9:40002\n" + failure
		if got != want {
			t.Errorf("printed\n%swant\n%s", got, want)
		}
		// 5+10+20+…+640 ms, then four times 1 s, and 5 ms for the last.
		if waited := time.Since(began); waited != 5280*time.Millisecond {
			t.Errorf("waited %s", waited)
		}
	})
}

// TestRefuse: neither services that answer by themselves nor echo servers on
// the same port get an answer, and their neighbours do.
func TestRefuse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		port   int
		reason string
	}{
		{7, "echo-port"}, {13, "daytime-port"}, {17, "qotd-port"}, {19, "chargen-port"},
		{37, "time-port"}, {53, "dns-port"}, {69, "tftp-port"}, {123, "ntp-port"},
		{1337, "own-port"},
	} {
		got := play(t, packet{data: "x", peer: peer(test.port)})
		want := fmt.Sprintf("packet-refused: bytes=1 from=127.0.0.9:%d reason=%s\n", test.port, test.reason)
		if got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
	}
	for _, port := range []int{6, 8, 1336, 1338, 65535} {
		got := play(t, packet{data: "x", peer: peer(port)})
		if !strings.Contains(got, "packet-written: bytes=1 ") {
			t.Errorf("port %d: printed %q", port, got)
		}
	}
	if got, want := play(t, packet{data: "x", peer: here}), "packet-refused: bytes=1 from=127.0.0.1:1337 reason=own-port\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

// TestTwoServers: a datagram forged in the name of one echo server to another
// on the same port starts nothing.
func TestTwoServers(t *testing.T) {
	noGoroutineLeft(t)
	one := start(t, Server{}, "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(one.addr)
	forger := udpSocket(t, "127.0.0.2:"+port)
	to, _ := net.ResolveUDPAddr("udp", one.addr)
	forger.WriteTo([]byte("x"), to)
	forger.Close()
	two := start(t, Server{}, "127.0.0.2:"+port)
	one.paper.want(t, "packet-refused: bytes=1 from=127.0.0.2:"+port+" reason=own-port")

	// Both serve on, and neither has heard of the other.
	for _, server := range []*running{one, two} {
		mustExchange(t, Client{}, server.addr, "x")
		server.stop(t)
		for range 2 {
			<-server.paper
		}
		server.paper.want(t, "cancelled")
		server.paper.wantNoMore(t)
	}
}

// TestVanishedPeers: echoes to sockets that are gone raise ICMP unreachables.
func TestVanishedPeers(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{}, ":0")
	to, _ := net.ResolveUDPAddr("udp", server.addr)
	for range 20 {
		client := udpSocket(t, "127.0.0.1:0")
		client.WriteTo([]byte("x"), to)
		client.Close()
	}
	mustExchange(t, Client{}, server.addr, "HELLO!!")
}

// failing is a listener whose first Accepts fail.
type failing struct {
	*net.TCPListener
	failures []error
}

func (l *failing) Accept() (net.Conn, error) {
	if len(l.failures) == 0 {
		return l.TCPListener.Accept()
	}
	err := l.failures[0]
	l.failures = l.failures[1:]
	return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: here, Err: os.NewSyscallError("accept4", err)}
}

func TestOutliveAccepts(t *testing.T) {
	noGoroutineLeft(t)
	opened, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &failing{opened.(*net.TCPListener), []error{syscall.ECONNABORTED, syscall.EMFILE}}
	out := newPaper()
	server := Server{Timeout: DefaultTimeout, Buffer: 10, Out: out}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		server.acceptAll(ctx, listener)
	}()
	mustExchange(t, Client{Network: "tcp"}, opened.Addr().String(), "HELLO!!")
	cancel()
	listener.Close()
	<-ended
	out.want(t,
		"accept-failed: accept tcp 127.0.0.1:1337: accept4: software caused connection abort",
		"accept-failed: accept tcp 127.0.0.1:1337: accept4: too many open files")
}
