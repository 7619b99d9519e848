package workload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// address is this process's own corner of 127.0.0.0/8, so that the article's
// port is free however many tests run at once.
func address() string {
	pid := os.Getpid()
	return fmt.Sprintf("127.%d.%d.2:1337", 1+pid>>8&0x7f, pid&0xff)
}

// patience is how long a test waits for what must come. It only ever passes when a test is
// about to fail.
const patience = time.Minute

// serve runs the workload's server and returns a function that ends it and
// waits for it.
func serve(t *testing.T, w Workload) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- w.Server(ctx, address(), func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("server ended with %v", err)
		}
	}
}

func TestNames(t *testing.T) {
	var got []string
	for _, w := range All() {
		got = append(got, w.Name)
		found, err := Lookup(w.Name)
		if found.Name != w.Name || err != nil {
			t.Errorf("Lookup(%q) = %q, %v", w.Name, found.Name, err)
		}
		if w.Title == "" || w.Call == "" {
			t.Errorf("%s: title %q, call %q", w.Name, w.Title, w.Call)
		}
	}
	want := []string{"resolve-literal", "resolve-udp", "resolve-tcp", "dial-tcp", "dial-udp", "dialudp", "listenudp",
		"write-udp", "read-udp", "deadline-udp", "stranger-udp", "listen-read", "nobody-udp", "echo-udp", "echo-tcp"}
	if !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	_, err := Lookup("dial")
	unknown := `unknown workload "dial": use one of ` + strings.Join(want, ", ")
	if err == nil || err.Error() != unknown {
		t.Errorf("error %v, want %s", err, unknown)
	}
}

// TestBothEnds runs every workload once and again.
func TestBothEnds(t *testing.T) {
	for _, w := range All() {
		for _, times := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s/%d", w.Name, times), func(t *testing.T) {
				stop := serve(t, w)
				defer stop()
				if err := w.Client(t.Context(), address(), times); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestDatagrams counts what arrives, and tells one socket from many.
func TestDatagrams(t *testing.T) {
	for _, test := range []struct {
		name, data string
		packets    int
		oneSocket  bool
	}{
		{"dial-udp", "", 0, false},
		{"dialudp", "", 0, false},
		{"listenudp", "something", 137, true},
		{"write-udp", "something", 137, true},
		{"read-udp", "something", 137, true},
		{"echo-udp", "HELLO!!", 137, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			pc, err := net.ListenPacket("udp4", address())
			if err != nil {
				t.Fatal(err)
			}
			defer pc.Close()
			w, _ := Lookup(test.name)
			clientEnded := make(chan error, 1)
			go func() {
				clientEnded <- w.Client(t.Context(), address(), 137)
				to, _ := net.Dial("udp", address())
				to.Write([]byte("end"))
				to.Close()
			}()

			packets, sockets := 0, map[string]bool{}
			buffer := make([]byte, 100)
			for {
				pc.SetReadDeadline(time.Now().Add(patience))
				n, from, err := pc.ReadFrom(buffer)
				if err != nil {
					t.Fatal(err)
				}
				got := string(buffer[:n])
				if got == "end" {
					break
				}
				if got != test.data {
					t.Fatalf("datagram %q, want %q", got, test.data)
				}
				packets++
				sockets[from.String()] = true
				pc.WriteTo(buffer[:n], from)
			}
			if err := <-clientEnded; err != nil {
				t.Error(err)
			}
			if packets != test.packets || (len(sockets) == 1) != test.oneSocket {
				t.Errorf("%d datagrams from %d sockets, want %d, from one: %v", packets, len(sockets), test.packets, test.oneSocket)
			}
		})
	}
}

// TestConnections counts connections, and what each brings.
func TestConnections(t *testing.T) {
	for name, data := range map[string]string{"dial-tcp": "", "echo-tcp": "HELLO!!"} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp4", address())
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			w, _ := Lookup(name)
			clientEnded := make(chan error, 1)
			go func() {
				clientEnded <- w.Client(t.Context(), address(), 20)
				last, _ := net.Dial("tcp", address())
				last.Write([]byte("end"))
				last.Close()
			}()
			connections := 0
			for {
				conn, err := listener.Accept()
				if err != nil {
					t.Fatal(err)
				}
				conn.SetDeadline(time.Now().Add(patience))
				buffer := make([]byte, 100)
				n, _ := conn.Read(buffer)
				conn.Write(buffer[:n])
				io.Copy(io.Discard, conn) // until the client is done
				conn.Close()
				got := string(buffer[:n])
				if got == "end" {
					break
				}
				if got != data {
					t.Errorf("read %q, want %q", got, data)
				}
				connections++
			}
			if err := <-clientEnded; err != nil {
				t.Error(err)
			}
			if connections != 20 {
				t.Errorf("%d connections, want 20", connections)
			}
		})
	}
}

// TestServerFinishes: a server told to end the moment its client has ended
// still answers all that the client has sent.
func TestServerFinishes(t *testing.T) {
	w, _ := Lookup("write-udp")
	stop := serve(t, w)
	client, err := net.Dial("udp4", address())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 137 {
		client.Write([]byte("something"))
	}
	stop()
	client.SetReadDeadline(time.Now().Add(patience))
	buffer := make([]byte, 100)
	for i := range 137 {
		n, err := client.Read(buffer)
		if got := string(buffer[:n]); got != "something" || err != nil {
			t.Fatalf("answer %d is %q, error %v", i, got, err)
		}
	}
}

// TestCancelledInRead: a client that waits for an answer does not wait on.
func TestCancelledInRead(t *testing.T) {
	for _, name := range []string{"read-udp", "echo-udp"} {
		t.Run(name, func(t *testing.T) {
			silent, err := net.ListenPacket("udp4", address())
			if err != nil {
				t.Fatal(err)
			}
			defer silent.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w, _ := Lookup(name)
			clientEnded := make(chan error, 1)
			go func() { clientEnded <- w.Client(ctx, address(), 2) }()
			silent.SetReadDeadline(time.Now().Add(patience))
			if _, _, err := silent.ReadFrom(make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
			cancel()
			if err := <-clientEnded; err != context.Canceled {
				t.Errorf("error %v, want %v", err, context.Canceled)
			}
		})
	}
}

// TestCancelled: a client with a cancelled context says so, however much it
// was to do.
func TestCancelled(t *testing.T) {
	for _, w := range All() {
		t.Run(w.Name, func(t *testing.T) {
			defer serve(t, w)()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := w.Client(ctx, address(), 1<<30); err != context.Canceled {
				t.Errorf("error %v, want %v", err, context.Canceled)
			}
		})
	}
}

// TestErrors: every error names its workload, op, network and address.
func TestErrors(t *testing.T) {
	w, _ := Lookup("dial-tcp")
	err := w.Client(t.Context(), address(), 1)
	want := "workload dial-tcp: dial tcp " + address() + ": connect: connection refused"
	if !errors.Is(err, syscall.ECONNREFUSED) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	defer serve(t, w)()
	err = w.Server(t.Context(), address(), nil)
	want = "workload dial-tcp: listen tcp4 " + address() + ": bind: address already in use"
	if !errors.Is(err, syscall.EADDRINUSE) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestSource: what Source shows is the whole function and nothing else.
func TestSource(t *testing.T) {
	calls := map[string]string{
		"resolve-literal": `net.ResolveUDPAddr("udp", addr)`,
		"resolve-udp":     `net.ResolveUDPAddr("udp", ServerName`,
		"resolve-tcp":     `net.ResolveTCPAddr("tcp", ServerName`,
		"deadline-udp":    `conn.SetReadDeadline(`,
		"listen-read":     `conn.Read(buf)`,
		"stranger-udp":    `stranger.WriteTo(`,
		"nobody-udp":      `fmt.Fprintf(conn, "something")`,
		"dial-tcp":        `net.Dial("tcp", addr)`,
		"dial-udp":        `net.Dial("udp", addr)`,
		"dialudp":         `net.DialUDP("udp", nil, raddr)`,
		"listenudp":       `net.ListenUDP("udp4", nil)`,
		"write-udp":       `fmt.Fprintf(conn, "something")`,
		"read-udp":        `conn.Read(buf)`,
		"echo-udp":        `echo.Client{Network: "udp"}`,
		"echo-tcp":        `echo.Client{Network: "tcp"}`,
	}
	for _, w := range All() {
		source := w.Source()
		if !strings.HasPrefix(source, "// "+w.source+" ") || !strings.HasSuffix(source, "\n}\n") ||
			strings.Count(source, "\nfunc "+w.source+"(") != 1 || strings.Count(source, "func ") > 2 {
			t.Errorf("%s: source\n%s", w.Name, source)
		}
		if strings.Count(source, calls[w.Name]) != 1 {
			t.Errorf("%s: no %s in\n%s", w.Name, calls[w.Name], source)
		}
	}
	if got := function("package p\n", "nothing"); got != "" {
		t.Errorf("source of nothing: %q", got)
	}
}

// The DNS server knows one name, which has an IPv4 address only.
func TestNameServer(t *testing.T) {
	w, _ := Lookup("resolve-udp")
	defer serve(t, w)()
	r := resolver(address())
	if got, err := r.LookupHost(t.Context(), ServerName); err != nil || !slices.Equal(got, []string{"10.0.0.2"}) {
		t.Errorf("%s has %v, %v, want 10.0.0.2", ServerName, got, err)
	}
	var unknown *net.DNSError
	if got, err := r.LookupHost(t.Context(), "other.dialpath.test."); !errors.As(err, &unknown) || !unknown.IsNotFound {
		t.Errorf("another name has %v, %v, want none", got, err)
	}
}
