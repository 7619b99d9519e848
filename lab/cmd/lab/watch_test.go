package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dialpath/lab/ring"
)

// TestWatch watches this very process send a datagram, and is then interrupted.
func TestWatch(t *testing.T) {
	ring.Root(t)
	server, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := net.Dial("udp4", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	cmd := command(t, "watch", "-k", "tracepoint", "-p", strconv.Itoa(os.Getpid()))
	out, news := pipes(t, cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("Watching process %d by tracepoint... Hit Ctrl-C to end.\n", os.Getpid())
	if line, err := news.ReadString('\n'); err != nil || line != want {
		t.Fatalf("the first news are %q, %v; want %q", line, err, want)
	}
	if _, err := client.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	tree := readTree(t, out)
	cmd.Process.Signal(syscall.SIGINT)
	rest, err := io.ReadAll(news)
	if err != nil || len(rest) > 0 {
		t.Errorf("further news: %q, %v", rest, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v, want status 0", err)
	}
	if text := strings.Join(tree, ""); !strings.Contains(text, "\n  net.(*netFD).Write: write(2) → ") ||
		!strings.Contains(text, "\n  packets that left:\n    [") {
		t.Errorf("the tree is\n%s", text)
	}
}

// readTree reads a tree, of which the last line of packets, if there are any, is the last.
func readTree(t *testing.T, from *bufio.Reader) (lines []string) {
	t.Helper()
	for packets := false; !packets || strings.HasPrefix(lines[len(lines)-1], "  packets"); {
		line, err := from.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", lines, err)
		}
		lines = append(lines, line)
		packets = packets || strings.HasPrefix(line, "  packets")
	}
	return lines
}

// TestWatchToTheEnd watches a process that ends.
func TestWatchToTheEnd(t *testing.T) {
	ring.Root(t)
	watched := exec.CommandContext(t.Context(), "cat")
	end, err := watched.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watched.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "watch", "-p", strconv.Itoa(watched.Process.Pid), "-k", "tracepoint")
	out, news := pipes(t, cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := news.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	end.Close()
	watched.Wait()
	want := fmt.Sprintf("Process %d has ended.\n", watched.Process.Pid)
	if line, err := news.ReadString('\n'); err != nil || line != want {
		t.Errorf("the last news are %q, %v; want %q", line, err, want)
	}
	if text, err := io.ReadAll(out); err != nil || len(text) > 0 {
		t.Errorf("it showed %q, %v; want nothing", text, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v, want status 0", err)
	}
}

// pipes returns what a command will write.
func pipes(t *testing.T, cmd *exec.Cmd) (stdout, stderr *bufio.Reader) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	news, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(out), bufio.NewReader(news)
}
