package echo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It only ever passes
// when a test is about to fail.
const patience = time.Minute

// drainForTest is how long a server waits for nothing more to come.
const drainForTest = 100 * time.Millisecond

// noGoroutineLeft checks at the end of the test that it left no goroutine.
func noGoroutineLeft(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for limit := time.Now().Add(patience); runtime.NumGoroutine() > before; runtime.Gosched() {
			if time.Now().After(limit) {
				stacks := make([]byte, 1<<20)
				t.Errorf("goroutines: %d before, %d after\n%s", before, runtime.NumGoroutine(),
					stacks[:runtime.Stack(stacks, true)])
				return
			}
		}
	})
}

// paper takes the lines of a client or server, for a test to wait for.
type paper chan string

func newPaper() paper { return make(paper, 10_000) }

func (p paper) Write(b []byte) (int, error) {
	p <- string(b)
	return len(b), nil
}

// want checks that the next lines are these.
func (p paper) want(t *testing.T, lines ...string) {
	t.Helper()
	for _, want := range lines {
		select {
		case got := <-p:
			if got != want+"\n" {
				t.Errorf("line %q, want %q", got, want+"\n")
			}
		case <-time.After(patience):
			t.Fatalf("no line, want %q", want)
		}
	}
}

// wantNoMore checks that nothing else was printed.
func (p paper) wantNoMore(t *testing.T) {
	t.Helper()
	select {
	case got := <-p:
		t.Errorf("line %q, want none", got)
	default:
	}
}

// running is a server in the background.
type running struct {
	addr   string
	paper  paper
	cancel context.CancelFunc
	ended  chan error
}

// start runs a server on the address and ends it with the test.
func start(t *testing.T, s Server, address string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{paper: newPaper(), cancel: cancel, ended: make(chan error, 1)}
	ready := make(chan net.Addr, 1)
	s.Out = r.paper
	s.Ready = func(addr net.Addr) { ready <- addr }
	go func() { r.ended <- s.Run(ctx, address) }()
	select {
	case addr := <-ready:
		r.addr = addr.String()
	case err := <-r.ended:
		cancel()
		if strings.HasSuffix(s.Network, "6") && strings.Contains(address, ":0") {
			t.Skipf("no IPv6 on this machine: %v", err)
		}
		t.Fatalf("server: %v", err)
	}
	t.Cleanup(func() { r.stop(t) })
	return r
}

// stop ends the server and waits for it.
func (r *running) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	select {
	case err := <-r.ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("server ended with %v, want %v", err, context.Canceled)
		}
		r.ended <- err
	case <-time.After(patience):
		t.Fatal("server does not end")
	}
}

// exchange runs a client and returns what it printed and what came back.
func exchange(t *testing.T, c Client, address, message string) (printed, echoed string, err error) {
	t.Helper()
	var out, back strings.Builder
	c.Out, c.Echo = &out, &back
	err = c.Run(t.Context(), address, strings.NewReader(message))
	return out.String(), back.String(), err
}

// mustExchange checks that the message comes back whole.
func mustExchange(t *testing.T, c Client, address, message string) {
	t.Helper()
	printed, echoed, err := exchange(t, c, address, message)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("packet-written: bytes=%d to=%s\npacket-received: bytes=%d from=%s\n",
		len(message), address, len(message), address)
	if printed != want {
		t.Errorf("client printed %q, want %q", printed, want)
	}
	if echoed != message {
		t.Errorf("%d bytes came back, not the %d that were sent", len(echoed), len(message))
	}
}

// binary returns n bytes that are no text, and in which no two blocks of 251
// in a 64 KiB are alike.
func binary(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i ^ i/251)
	}
	return string(b)
}

// udpSocket returns a socket on the address, without a server.
func udpSocket(t *testing.T, address string) net.PacketConn {
	t.Helper()
	pc, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	pc.SetDeadline(time.Now().Add(patience))
	return pc
}

// tcpPeer runs serve for the one connection that its listener takes.
func tcpPeer(t *testing.T, serve func(*net.TCPConn)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		serve(conn.(*net.TCPConn))
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return listener.Addr().String()
}

// dialTCP opens a connection, without a client.
func dialTCP(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn)
}
