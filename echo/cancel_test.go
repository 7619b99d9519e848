package echo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// runUntilCancelled runs a client with a context that blocked cancels, once it
// knows that the client is where it should be.
func runUntilCancelled(t *testing.T, c Client, address string, reader io.Reader, blocked func(paper)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := newPaper()
	c.Out = out
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, address, reader) }()
	blocked(out)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("client ended with %v, want %v", err, context.Canceled)
	}
	out.want(t, "cancelled")
	out.wantNoMore(t)
}

func TestCancelReadUDP(t *testing.T) {
	noGoroutineLeft(t)
	silent := udpSocket(t, "127.0.0.1:0").LocalAddr().String()
	runUntilCancelled(t, Client{}, silent, strings.NewReader("HELLO!!"), func(out paper) {
		out.want(t, "packet-written: bytes=7 to="+silent)
	})
}

func TestCancelReadTCP(t *testing.T) {
	noGoroutineLeft(t)
	took, quit := make(chan struct{}), make(chan struct{})
	defer close(quit)
	silent := tcpPeer(t, func(conn *net.TCPConn) {
		io.Copy(io.Discard, conn) // up to the client's CloseWrite
		close(took)
		<-quit
	})
	runUntilCancelled(t, Client{Network: "tcp"}, silent, strings.NewReader("HELLO!!"), func(paper) { <-took })
}

// TestCancelReader: a reader that blocks, as a terminal does, must not hold
// the client.
func TestCancelReader(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			noGoroutineLeft(t)
			server := start(t, Server{Network: network}, ":0")
			reader, writer := io.Pipe()
			runUntilCancelled(t, Client{Network: network}, server.addr, reader, func(paper) {
				writer.Write([]byte("HELLO")) // it was read: the client is under way
			})
			writer.Close() // the Read that nobody waits for
		})
	}
}

func TestCancelBefore(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			noGoroutineLeft(t)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			var out strings.Builder
			if err := (Client{Network: network, Out: &out}).Run(ctx, "127.0.0.1:1", strings.NewReader("x")); !errors.Is(err, context.Canceled) {
				t.Errorf("client ended with %v", err)
			}
			if err := (Server{Network: network, Out: &out}).Run(ctx, ":0"); !errors.Is(err, context.Canceled) {
				t.Errorf("server ended with %v", err)
			}
			if out.String() != "cancelled\ncancelled\n" {
				t.Errorf("printed %q", out.String())
			}
		})
	}
}

// TestCancelServer ends a server with a client in the middle of something.
func TestCancelServer(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{Network: "tcp"}, ":0")
	client := dialTCP(t, server.addr)
	client.Write([]byte("HELLO"))
	server.paper.want(t,
		fmt.Sprintf("packet-received: bytes=5 from=%s", client.LocalAddr()),
		fmt.Sprintf("packet-written: bytes=5 to=%s", client.LocalAddr()))
	server.stop(t)
	server.paper.want(t, "cancelled")
	server.paper.wantNoMore(t)
	echoed, err := io.ReadAll(client)
	if string(echoed) != "HELLO" || err != nil {
		t.Errorf("client read %q, error %v", echoed, err)
	}
}

// TestDrainUDP: what has come when ctx is done is answered, all of it.
func TestDrainUDP(t *testing.T) {
	noGoroutineLeft(t)
	const packets = 137
	client := udpSocket(t, "127.0.0.1:0")
	ctx, cancel := context.WithCancel(t.Context())
	server := Server{Drain: drainForTest}
	server.Ready = func(addr net.Addr) {
		for range packets {
			client.WriteTo([]byte("something"), addr)
		}
		cancel()
	}
	if err := server.Run(ctx, ":0"); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	buffer := make([]byte, 100)
	for i := range packets {
		n, _, err := client.ReadFrom(buffer)
		if got := string(buffer[:n]); got != "something" || err != nil {
			t.Fatalf("answer %d is %q, error %v", i, got, err)
		}
	}
}

// TestDrainTCP: connections that are open when ctx is done, accepted or not,
// end when their clients have said and heard all.
func TestDrainTCP(t *testing.T) {
	noGoroutineLeft(t)
	ctx, cancel := context.WithCancel(t.Context())
	var clients []*net.TCPConn
	server := Server{Network: "tcp", Drain: drainForTest}
	server.Ready = func(addr net.Addr) {
		for range 20 {
			clients = append(clients, dialTCP(t, addr.String()))
		}
		cancel()
		for _, client := range clients {
			client.Write([]byte("something"))
			client.CloseWrite()
		}
	}
	if err := server.Run(ctx, ":0"); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for i, client := range clients {
		if got, err := io.ReadAll(client); string(got) != "something" || err != nil {
			t.Fatalf("client %d read %q, error %v", i, got, err)
		}
	}
}
