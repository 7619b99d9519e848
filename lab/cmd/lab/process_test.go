package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A served process is the article's server, running: somebody to trace by number.
type served struct {
	t       *testing.T
	cmd     *exec.Cmd
	network string
	address string
}

// serve starts the kit's server over UDP or TCP.
func serve(t *testing.T, network string) *served {
	t.Helper()
	return serveAt(t, network, "127.0.0.1:0")
}

func serveAt(t *testing.T, network, at string) *served {
	t.Helper()
	s := &served{t: t, cmd: exec.CommandContext(t.Context(), inKit("echo"), "server", "-network", network, at), network: network}
	news, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.end)
	line, err := bufio.NewReader(news).ReadString('\n')
	s.address = strings.TrimSpace(strings.TrimPrefix(line, "echo: listening on "+network+" "))
	if _, _, bad := net.SplitHostPort(s.address); err != nil || bad != nil {
		t.Fatalf("the server says %q, %v", line, err)
	}
	return s
}

func (s *served) pid() string { return strconv.Itoa(s.cmd.Process.Pid) }

// asked is how often ask asks.
const asked = 5

// ask sends the server something some times, and waits for each answer.
func (s *served) ask() {
	s.t.Helper()
	conn, err := net.Dial(s.network, s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	for range asked {
		if _, err := conn.Write([]byte("HELLO")); err != nil {
			s.t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 5)); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *served) end() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// attached runs a verb on a served process. When all is attached, the process is asked,
// and ends.
func attached(t *testing.T, s *served, args []string) (status int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	news := &announced{to: &complaints, ready: make(chan struct{})}
	env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: news, lab: "lab"}
	status = s.during(news.ready, func() int { return execute(t.Context(), env, args) })
	return status, out.String(), complaints.String()
}

// during asks the server while something goes on that has announced that it is ready; then
// the server ends.
func (s *served) during(ready <-chan struct{}, goOn func() int) (status int) {
	s.t.Helper()
	ended := make(chan int, 1)
	go func() { ended <- goOn() }()
	select {
	case <-ready:
		s.ask()
		s.end()
		return <-ended
	case status = <-ended:
		return status
	}
}

// announced is standard error of a verb that says when it has attached.
type announced struct {
	to    io.Writer
	ready chan struct{}
	once  sync.Once
	seen  bytes.Buffer
}

func (a *announced) Write(data []byte) (int, error) {
	a.seen.Write(data)
	if strings.Contains(a.seen.String(), "Hit Ctrl-C to end.\n") {
		a.once.Do(func() { close(a.ready) })
	}
	return a.to.Write(data)
}

// testEcho is the article's programs in two terminals, as the page on echo has them.
func testEcho(t *testing.T) {
	serveAt(t, "udp", ":1337")
	if status, stdout, stderr := shell(t, "", "echo 'HELLO!!' | "+inKit("echo")+" client 127.0.0.1:1337"); status != 0 ||
		stdout != "packet-written: bytes=8 to=127.0.0.1:1337\npacket-received: bytes=8 from=127.0.0.1:1337\n" {
		t.Errorf("status %d, it says %q, %q", status, stdout, stderr)
	}
}
