package echo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

func TestExchange(t *testing.T) {
	sizes := map[string][]int{
		"udp": {0, 1, 1472, 1473, 65506, 65507},
		"tcp": {0, 1, 65508, 8 << 20},
	}
	for _, network := range Networks() {
		for _, size := range sizes[network[:3]] {
			t.Run(fmt.Sprintf("%s/%d", network, size), func(t *testing.T) {
				noGoroutineLeft(t)
				server := start(t, Server{Network: network}, ":0")
				mustExchange(t, Client{Network: network}, server.addr, binary(size))
			})
		}
	}
}

func TestServerLinesUDP(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{}, "127.0.0.1:0")
	client := udpSocket(t, "127.0.0.1:0")
	to, _ := net.ResolveUDPAddr("udp", server.addr)
	client.WriteTo([]byte("HELLO!!"), to)
	server.paper.want(t,
		fmt.Sprintf("packet-received: bytes=7 from=%s", client.LocalAddr()),
		fmt.Sprintf("packet-written: bytes=7 to=%s", client.LocalAddr()))
	server.stop(t)
	server.paper.want(t, "cancelled")
	server.paper.wantNoMore(t)
}

func TestServerLinesTCP(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{Network: "tcp"}, "127.0.0.1:0")
	client := dialTCP(t, server.addr)
	for _, message := range []string{"HELLO!!", "you"} {
		client.Write([]byte(message))
		server.paper.want(t,
			fmt.Sprintf("packet-received: bytes=%d from=%s", len(message), client.LocalAddr()),
			fmt.Sprintf("packet-written: bytes=%d to=%s", len(message), client.LocalAddr()))
		io.ReadFull(client, make([]byte, len(message)))
	}
	client.CloseWrite()
	io.ReadAll(client) // the server has closed
	server.stop(t)
	server.paper.want(t, "cancelled")
	server.paper.wantNoMore(t)
}

// TestLocalhost lets a name be resolved.
func TestLocalhost(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"udp4", "tcp4"} {
		server := start(t, Server{Network: network}, "localhost:0")
		_, port, _ := net.SplitHostPort(server.addr)
		_, echoed, err := exchange(t, Client{Network: network}, "localhost:"+port, "HELLO!!")
		if echoed != "HELLO!!" || err != nil {
			t.Errorf("%s: echo %q, error %v", network, echoed, err)
		}
	}
}

func TestBind(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ network, address, host string }{
		{"udp", ":0", "127.0.0.1"},
		{"udp4", ":0", "127.0.0.1"},
		{"udp6", ":0", "::1"},
		{"tcp", ":0", "127.0.0.1"},
		{"tcp4", ":0", "127.0.0.1"},
		{"tcp6", ":0", "::1"},
		{"udp", "127.0.0.2:0", "127.0.0.2"},
		{"udp", "0.0.0.0:0", "0.0.0.0"},
		{"tcp", "0.0.0.0:0", "0.0.0.0"},
		{"udp4", "0.0.0.0:0", "0.0.0.0"},
		{"tcp4", "0.0.0.0:0", "0.0.0.0"},
		{"udp6", "[::]:0", "::"},
	} {
		t.Run(test.network+test.address, func(t *testing.T) {
			server := start(t, Server{Network: test.network}, test.address)
			host, _, _ := net.SplitHostPort(server.addr)
			if host != test.host {
				t.Errorf("bound to %s, want %s", host, test.host)
			}
		})
	}
}

// TestClientWithoutHost: to a client, too, no host is this machine.
func TestClientWithoutHost(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"udp", "tcp"} {
		server := start(t, Server{Network: network}, ":0")
		_, port, _ := net.SplitHostPort(server.addr)
		printed, _, err := exchange(t, Client{Network: network}, ":"+port, "x")
		want := fmt.Sprintf("packet-written: bytes=1 to=%[1]s\npacket-received: bytes=1 from=%[1]s\n", server.addr)
		if printed != want || err != nil {
			t.Errorf("printed %q, error %v, want %q", printed, err, want)
		}
	}
}

func TestTooLong(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{}, ":0")
	reader := strings.NewReader(binary(MaxDatagram + 100))
	err := Client{}.Run(t.Context(), server.addr, reader)
	if !errors.Is(err, ErrTooLong) {
		t.Errorf("error %v, want %v", err, ErrTooLong)
	}
	want := "write udp " + server.addr + ": message longer than 65507 bytes"
	if err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	if reader.Len() != 99 {
		t.Errorf("%d bytes were left unread, want 99", reader.Len())
	}
	// The first thing that the server ever sees comes from the next client.
	mustExchange(t, Client{}, server.addr, "x")
	if line := <-server.paper; !strings.HasPrefix(line, "packet-received: bytes=1 ") {
		t.Errorf("server printed %q first", line)
	}
}

func TestTruncatedAtServer(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{Buffer: 10}, ":0")
	client := udpSocket(t, "127.0.0.1:0")
	to, _ := net.ResolveUDPAddr("udp", server.addr)
	client.WriteTo([]byte("elevenbytes"), to)
	client.WriteTo([]byte("exactly10b"), to)
	server.paper.want(t,
		fmt.Sprintf("packet-truncated: buffer=10 from=%s", client.LocalAddr()),
		fmt.Sprintf("packet-received: bytes=10 from=%s", client.LocalAddr()),
		fmt.Sprintf("packet-written: bytes=10 to=%s", client.LocalAddr()))
	// Had the first been answered, its echo would come first.
	buffer := make([]byte, 100)
	n, _, err := client.ReadFrom(buffer)
	if got := string(buffer[:n]); got != "exactly10b" || err != nil {
		t.Errorf("first answer %q, error %v", got, err)
	}
}

func TestTruncatedAtClient(t *testing.T) {
	noGoroutineLeft(t)
	server := start(t, Server{}, ":0")
	client := Client{Buffer: 10}
	mustExchange(t, client, server.addr, "exactly10b")

	printed, echoed, err := exchange(t, client, server.addr, "elevenbytes")
	if !errors.Is(err, ErrTruncated) {
		t.Errorf("error %v, want %v", err, ErrTruncated)
	}
	if !strings.HasSuffix(err.Error(), "->"+server.addr+": datagram truncated to the buffer of 10 bytes") {
		t.Errorf("error %q", err)
	}
	if want := "packet-written: bytes=11 to=" + server.addr + "\n"; printed != want || echoed != "" {
		t.Errorf("printed %q, echoed %q", printed, echoed)
	}
}

func TestNobodyThere(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			noGoroutineLeft(t)
			server := start(t, Server{Network: network}, ":0")
			server.stop(t)
			_, _, err := exchange(t, Client{Network: network}, server.addr, "HELLO!!")
			if !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("error %v, want %v", err, syscall.ECONNREFUSED)
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	quit := make(chan struct{})
	defer close(quit)
	address := map[string]string{
		"udp": udpSocket(t, "127.0.0.1:0").LocalAddr().String(),
		"tcp": tcpPeer(t, func(*net.TCPConn) { <-quit }),
	}

	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			noGoroutineLeft(t)
			// Over TCP the dial has to be done within the same time.
			_, _, err := exchange(t, Client{Network: network, Timeout: time.Second}, address[network], "HELLO!!")
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("error %v, want %v", err, os.ErrDeadlineExceeded)
			}
			if text := err.Error(); !strings.HasPrefix(text, "read "+network+" 127.0.0.1:") ||
				!strings.HasSuffix(text, "->"+address[network]+": i/o timeout") {
				t.Errorf("error %q", text)
			}
		})
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	busy := udpSocket(t, "127.0.0.1:0").LocalAddr().String()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()

	client := func(c Client) func(context.Context, string) error {
		return func(ctx context.Context, address string) error { return c.Run(ctx, address, strings.NewReader("x")) }
	}
	for _, test := range []struct {
		run           func(context.Context, string) error
		address, want string
	}{
		{client(Client{Network: "unix"}), "a:1", "dial unix a:1: unknown network unix"},
		{client(Client{}), "127.0.0.1", "dial udp 127.0.0.1: address 127.0.0.1: missing port in address"},
		{client(Client{}), "127.0.0.1:65536", "dial udp 127.0.0.1:65536: address 65536: invalid port"},
		{client(Client{}), "no..name:1", "dial udp no..name:1: lookup no..name: no such host"},
		{client(Client{Timeout: -1}), "a:1", "dial udp a:1: timeout -1ns: out of range: use more than 0s"},
		{client(Client{Buffer: 65508}), "a:1", "dial udp a:1: buffer of 65508 bytes: out of range: use 1 to 65507"},
		{client(Client{Network: "tcp"}), "127.0.0.1", "dial tcp 127.0.0.1: address 127.0.0.1: missing port in address"},
		{client(Client{Network: "tcp"}), "127.0.0.1:-1", "dial tcp 127.0.0.1:-1: address -1: invalid port"},
		{client(Client{Network: "tcp"}), "no..name:1", "dial tcp no..name:1: lookup no..name: no such host"},
		{client(Client{Network: "udp6"}), "127.0.0.1:1", "dial udp6 127.0.0.1:1: address 127.0.0.1: no suitable address found"},
		{Server{Network: "udp7"}.Run, ":0", "listen udp7 :0: unknown network udp7"},
		{Server{}.Run, ":65536", "listen udp 127.0.0.1:65536: address 65536: invalid port"},
		{Server{}.Run, "no..name:1", "listen udp no..name:1: lookup no..name: no such host"},
		{Server{}.Run, busy, "listen udp " + busy + ": bind: address already in use"},
		{Server{Network: "tcp"}.Run, listener.Addr().String(), "listen tcp " + listener.Addr().String() + ": bind: address already in use"},
		{Server{Network: "tcp"}.Run, "1337", "listen tcp 1337: address 1337: missing port in address"},
		{Server{Buffer: -1}.Run, ":0", "listen udp :0: buffer of -1 bytes: out of range: use 1 to 65507"},
	} {
		if err := test.run(t.Context(), test.address); err == nil || err.Error() != test.want {
			t.Errorf("error  %v\nwanted %s", err, test.want)
		}
	}
}

// TestReaderFails: what cannot be read is not sent.
func TestReaderFails(t *testing.T) {
	failure := errors.New("disk on fire")
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			noGoroutineLeft(t)
			server := start(t, Server{Network: network}, ":0")
			err := Client{Network: network}.Run(t.Context(), server.addr, iotest.ErrReader(failure))
			if !errors.Is(err, failure) {
				t.Errorf("error %v, want %v", err, failure)
			}
			server.stop(t)
			server.paper.want(t, "cancelled")
			server.paper.wantNoMore(t)
		})
	}
}

// broken is a writer to a full disk.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestWriterFails(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"udp", "tcp"} {
		server := start(t, Server{Network: network}, ":0")
		for _, c := range []Client{{Network: network, Out: broken{}}, {Network: network, Echo: broken{}}} {
			err := c.Run(t.Context(), server.addr, strings.NewReader("HELLO!!"))
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s: error %v, want %v", network, err, syscall.ENOSPC)
			}
		}
	}
}
