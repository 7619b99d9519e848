package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"dialpath/echo"
)

// TestMain lets the test's own binary be the command, for the tests that need
// a process: signals, standard streams, exit status.
func TestMain(m *testing.M) {
	if os.Getenv("ECHO_TEST_COMMAND") != "" {
		main()
	}
	os.Exit(m.Run())
}

// process returns the command, to be started in a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "ECHO_TEST_COMMAND=1")
	return cmd
}

// listening starts a server in a process of its own. It returns the address
// from the line that tells of it, and what the server prints.
func listening(t *testing.T, args ...string) (server *exec.Cmd, address string, out *bytes.Buffer) {
	t.Helper()
	server, out = process(t, append([]string{"server"}, args...)...), new(bytes.Buffer)
	server.Stdout = out
	stderr, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var network string
	if _, err := fmt.Sscanf(line, "echo: listening on %s %s\n", &network, &address); err != nil {
		t.Fatalf("line %q: %v", line, err)
	}
	return server, address, out
}

func TestSignal(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"udp", "tcp"} {
		for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			t.Run(fmt.Sprintf("%s/%v", network, signal), func(t *testing.T) {
				server, address, out := listening(t, "--network", network, ":0")
				client := process(t, "client", "--network", network, address)
				client.Stdin = strings.NewReader("HELLO!!")
				printed, err := client.Output()
				want := fmt.Sprintf("packet-written: bytes=7 to=%s\npacket-received: bytes=7 from=%s\n", address, address)
				if string(printed) != want || err != nil {
					t.Errorf("client printed %q, error %v", printed, err)
				}
				server.Process.Signal(signal)
				if err := server.Wait(); err != nil {
					t.Errorf("server ended with %v", err)
				}
				got := out.String()
				if !strings.HasPrefix(got, "packet-received: bytes=7 from=127.0.0.1:") ||
					!strings.HasSuffix(got, "\ncancelled\n") || strings.Count(got, "\n") != 3 {
					t.Errorf("server printed %q", got)
				}
			})
		}
	}
}

// TestSignalClient interrupts a client that waits: for its echo, and for its
// standard input.
func TestSignalClient(t *testing.T) {
	t.Parallel()
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	address := silent.LocalAddr().String()

	client := process(t, "client", address)
	client.Stdin = strings.NewReader("HELLO!!")
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "packet-written: bytes=7 to="+address+"\n" {
		t.Fatalf("line %q, error %v", line, err)
	}
	client.Process.Signal(os.Interrupt)
	rest, _ := io.ReadAll(lines)
	if err := client.Wait(); string(rest) != "cancelled\n" || err != nil {
		t.Errorf("printed %q, ended with %v", rest, err)
	}
}

func TestInterruptWhileReading(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client := process(t, "client", "--network", "tcp", listener.Addr().String())
	if _, err := client.StdinPipe(); err != nil { // and nobody ever writes to it
		t.Fatal(err)
	}
	out := new(bytes.Buffer)
	client.Stdout = out
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept() // the client is past its dial
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client.Process.Signal(os.Interrupt)
	if err := client.Wait(); out.String() != "cancelled\n" || err != nil {
		t.Errorf("printed %q, ended with %v", out, err)
	}
}

// TestPrint: the echo alone is on standard output, byte for byte.
func TestPrint(t *testing.T) {
	t.Parallel()
	message := make([]byte, 65507)
	for i := range message {
		message[i] = byte(i)
	}
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			_, address, _ := listening(t, "--network", network, ":0")
			client := process(t, "client", "--network", network, "--print", address)
			var stdout, stderr bytes.Buffer
			client.Stdin, client.Stdout, client.Stderr = bytes.NewReader(message), &stdout, &stderr
			if err := client.Run(); err != nil {
				t.Error(err)
			}
			if !bytes.Equal(stdout.Bytes(), message) {
				t.Errorf("%d bytes on stdout, not the message", stdout.Len())
			}
			want := fmt.Sprintf("packet-written: bytes=65507 to=%s\npacket-received: bytes=65507 from=%s\n", address, address)
			if stderr.String() != want {
				t.Errorf("stderr %q, want %q", stderr.String(), want)
			}
		})
	}
}

// call runs the command in this process.
func call(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, diagnostics bytes.Buffer
	c := command{stdin: strings.NewReader(stdin), stdout: &out, stderr: &diagnostics}
	status = c.run(ctx, args)
	return status, out.String(), diagnostics.String()
}

func TestWrong(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	taken := busy.Addr().String()
	const hostPort = " (write host:port, as in 127.0.0.1:1337, with a port up to 65535)"
	const networks = "udp, udp4, udp6, tcp, tcp4, tcp6"

	for _, test := range []struct {
		args   string
		status int
		stderr string
	}{
		{"", 2, "say server or client (see echo -h)"},
		{"serve :1", 2, `no verb "serve": say server or client (see echo -h)`},
		{"server", 2, "no address: give one, as in 127.0.0.1:1337 (see echo server -h)"},
		{"client", 2, "no address: give one, as in 127.0.0.1:1337 (see echo client -h)"},
		{"client :1 :2", 2, "more than one address: :1 :2 (see echo client -h)"},
		{"client :1 --print", 2, "--print comes after the address: write flags before it (see echo client -h)"},
		{"server --print :1", 2, "flag provided but not defined: -print (see echo server -h)"},
		{"server --timeout 5 :1", 2, `invalid value "5" for flag -timeout: parse error (see echo server -h)`},
		{"server --timeout 0s :1", 2, "timeout 0s is out of range: use more than 0s (see echo server -h)"},
		{"server --buffer 0 :1", 2, "buffer 0 is out of range: use 1 to 65507 (see echo server -h)"},
		{"server --buffer 65508 :1", 2, "buffer 65508 is out of range: use 1 to 65507 (see echo server -h)"},
		{"server --network= :1", 2, "no network: use one of " + networks + " (see echo server -h)"},
		{"server --network sctp :1", 2, "listen sctp :1: unknown network sctp (use one of " + networks + ")"},
		{"client --network sctp :1", 2, "dial sctp :1: unknown network sctp (use one of " + networks + ")"},
		{"server 1337", 2, "listen udp 1337: address 1337: missing port in address" + hostPort},
		{"client 127.0.0.1:65536", 2, "dial udp 127.0.0.1:65536: address 65536: invalid port" + hostPort},
		{"client no..name:1", 1, "dial udp no..name:1: lookup no..name: no such host (check the name, or write the address as a number)"},
		{"server --network tcp " + taken, 1, "listen tcp " + taken + ": bind: address already in use (another program has this port: choose another, or end that one)"},
		{"client --network tcp --timeout 20ms --print " + taken, 1, "i/o timeout (nothing came back: does a server run there?)"},
	} {
		status, stdout, stderr := call(t, "HELLO!!", strings.Fields(test.args)...)
		if status != test.status || stdout != "" || !strings.HasPrefix(stderr, "echo: ") ||
			!strings.HasSuffix(stderr, test.stderr+"\n") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("echo %s: status %d, stdout %q, stderr\n%swant status %d and\necho: %s",
				test.args, status, stdout, stderr, test.status, test.stderr)
		}
	}
}

func TestTooLong(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := call(t, strings.Repeat("x", 65508), "client", "127.0.0.1:9")
	const want = "echo: write udp 127.0.0.1:9: message longer than 65507 bytes (send less, or use --network tcp)\n"
	if status != 1 || stdout != "" || stderr != want {
		t.Errorf("status %d, stdout %q, stderr %q, want %q", status, stdout, stderr, want)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-h", "--help", "help", "server -h", "client --help"} {
		status, stdout, stderr := call(t, "", strings.Fields(args)...)
		if status != 0 || stderr != "" || !strings.Contains(stdout, "\n    printf hello | echo client :1337\n") &&
			!strings.Contains(stdout, "\n    echo server :1337\n") {
			t.Errorf("echo %s: status %d, stderr %q, stdout\n%s", args, status, stderr, stdout)
		}
	}
	_, stdout, _ := call(t, "", "client", "-h")
	for _, flag := range []string{"--network network ", "--timeout duration ", "--buffer bytes ", "--print "} {
		if !strings.Contains(stdout, "\n  "+flag) {
			t.Errorf("no %q in\n%s", flag, stdout)
		}
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	listen := func(err error) error { return &net.OpError{Op: "listen", Net: "udp", Err: err} }
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "udp", Err: err} }
	for _, test := range []struct {
		err  error
		hint string
	}{
		{listen(syscall.EACCES), " (ports below 1024 need root: choose a higher one)"},
		{listen(syscall.EADDRNOTAVAIL), " (this machine has no such address: ip addr shows those it has)"},
		{dial(syscall.EACCES), ""},
		{dial(syscall.EPERM), " (a firewall of this machine forbids it)"},
		{dial(syscall.ECONNREFUSED), " (nobody listens there: start echo server first, with the same --network)"},
		{dial(io.ErrUnexpectedEOF), " (the server ended early: it may say why)"},
		{dial(echo.ErrTruncated), " (use a larger --buffer)"},
		{errors.New("anything else"), ""},
	} {
		if got := hint(test.err); got != test.hint {
			t.Errorf("%v: hint %q, want %q", test.err, got, test.hint)
		}
	}
}
