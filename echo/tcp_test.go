package echo

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestManyClients holds 50 clients open at once: none gets on before all have
// had their first echo.
func TestManyClients(t *testing.T) {
	noGoroutineLeft(t)
	const clients = 50
	server := start(t, Server{Network: "tcp"}, ":0")
	var all, ended sync.WaitGroup
	all.Add(clients)
	for i := range clients {
		conn := dialTCP(t, server.addr)
		ended.Go(func() {
			first := fmt.Sprintf("client %02d", i)
			conn.Write([]byte(first))
			got := make([]byte, len(first))
			_, err := io.ReadFull(conn, got)
			if string(got) != first || err != nil {
				t.Errorf("client %d read %q, error %v", i, got, err)
			}
			all.Done()
			all.Wait()
			conn.Write([]byte("bye"))
			conn.CloseWrite()
			if rest, err := io.ReadAll(conn); string(rest) != "bye" || err != nil {
				t.Errorf("client %d read %q, error %v", i, rest, err)
			}
		})
	}
	ended.Wait()
	server.stop(t)
	for range clients * 4 {
		line := <-server.paper
		if !strings.HasPrefix(line, "packet-") || strings.Count(line, "\n") != 1 {
			t.Errorf("line %q", line)
		}
	}
	server.paper.want(t, "cancelled")
	server.paper.wantNoMore(t)
}

// TestPlainTCP: a client that offers MPTCP is not taken up on it.
func TestPlainTCP(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{Network: "tcp"}, ":0")
	var dialer net.Dialer
	dialer.SetMultipathTCP(true)
	conn, err := dialer.Dial("tcp", server.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if multipath, err := conn.(*net.TCPConn).MultipathTCP(); multipath || err != nil {
		t.Errorf("multipath %v, error %v", multipath, err)
	}
}

// TestHalfCloseAtServer: a client that has closed its half still gets
// everything, and then the end.
func TestHalfCloseAtServer(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{Network: "tcp"}, ":0")
	client := dialTCP(t, server.addr)
	message := binary(100_000)
	io.WriteString(client, message)
	client.CloseWrite()
	got, err := io.ReadAll(client)
	if string(got) != message || err != nil {
		t.Errorf("%d bytes came back, error %v", len(got), err)
	}
}

// TestHalfCloseAtClient: the peer sends nothing before it has read the end, so
// that without CloseWrite both would wait for ever.
func TestHalfCloseAtClient(t *testing.T) {
	noGoroutineLeft(t)
	address := tcpPeer(t, func(conn *net.TCPConn) {
		all, _ := io.ReadAll(conn)
		conn.Write(all)
	})
	mustExchange(t, Client{Network: "tcp"}, address, "HELLO!!")
}

// TestSilentPeer: a client that says nothing is let go.
func TestSilentPeer(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{Network: "tcp", Timeout: 20 * time.Millisecond}, ":0")
	client := dialTCP(t, server.addr)
	server.paper.want(t, fmt.Sprintf("peer-failed: read tcp %s->%s: i/o timeout", server.addr, client.LocalAddr()))
	if n, err := client.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("read %d bytes, error %v, want EOF", n, err)
	}
}

// TestPeerThatDoesNotRead: a client that does not take its echo is let go, on
// the minute. A pipe has no buffer to be filled first.
func TestPeerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client, served := net.Pipe()
		server := Server{Timeout: time.Minute, Buffer: 10, Out: io.Discard}
		go client.Write([]byte("HELLO!!"))
		err := server.echo(served)
		if waited := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || waited != time.Minute {
			t.Errorf("ended after %s with %v", waited, err)
		}
	})
}

// TestResetPeer: a client that fails takes nobody with it.
func TestResetPeer(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{Network: "tcp"}, ":0")
	client := dialTCP(t, server.addr)
	client.Write([]byte("x"))
	client.Read(make([]byte, 1)) // the server is in its next read
	client.SetLinger(0)
	client.Close() // with RST, not FIN
	server.paper.want(t,
		fmt.Sprintf("packet-received: bytes=1 from=%s", client.LocalAddr()),
		fmt.Sprintf("packet-written: bytes=1 to=%s", client.LocalAddr()),
		fmt.Sprintf("peer-failed: read tcp %s->%s: read: connection reset by peer", server.addr, client.LocalAddr()))
	mustExchange(t, Client{Network: "tcp"}, server.addr, "HELLO!!")
}

// TestShortEcho: an echo that is not whole is a failure.
func TestShortEcho(t *testing.T) {
	noGoroutineLeft(t)
	address := tcpPeer(t, func(conn *net.TCPConn) {
		io.Copy(io.Discard, conn)
		conn.Write([]byte("HELL"))
	})
	_, echoed, err := exchange(t, Client{Network: "tcp"}, address, "HELLO!!")
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasSuffix(err.Error(), "->"+address+": 4 bytes came back of 7: unexpected EOF") {
		t.Errorf("error %v", err)
	}
	if echoed != "HELL" {
		t.Errorf("echoed %q", echoed)
	}
}

// TestPeerEndsFirst: the peer closes while the client waits for its reader.
func TestPeerEndsFirst(t *testing.T) {
	noGoroutineLeft(t)
	address := tcpPeer(t, func(*net.TCPConn) {})
	reader, writer := io.Pipe()
	defer writer.Close()
	err := Client{Network: "tcp"}.Run(t.Context(), address, reader)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasSuffix(err.Error(), "->"+address+": peer closed before all was sent: unexpected EOF") {
		t.Errorf("error %v", err)
	}
}
