package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dialpath/lab/ring"
)

// steppedLine is what testdata/stepped says of itself: its process, its child, its address.
var steppedLine = regexp.MustCompile(`stepped: (\d+) (\d+) (\S+)\n`)

// selfLab is this binary, as the lab.
func selfLab(t *testing.T) string {
	t.Helper()
	lab, err := exec.LookPath("lab")
	if err != nil {
		t.Fatal(err)
	}
	return lab
}

// TestStepEnds ends the debugger in all ways: the program, and the child that it has, end too.
func TestStepEnds(t *testing.T) {
	ring.Root(t)
	program, lab := compile(t, "stepped", nil, nil), selfLab(t)
	for name, end := range map[string]struct {
		by     func(*debugging)
		status int // -1 for a signal
	}{
		"exit":   {func(d *debugging) { d.signal(syscall.SIGINT); d.until("(dlv g"); d.until(") "); d.typed("exit") }, 0},
		"Ctrl-D": {func(d *debugging) { d.signal(syscall.SIGINT); d.until("(dlv g"); d.until(") "); d.in.Close() }, 0},
		"TERM":   {func(d *debugging) { d.signal(syscall.SIGTERM) }, 1},
		"HUP":    {func(d *debugging) { d.signal(syscall.SIGHUP) }, 1},
		"KILL":   {func(d *debugging) { d.signal(syscall.SIGKILL) }, -1},
	} {
		t.Run(name, func(t *testing.T) {
			d := debug(t, lab, "--", program)
			if begin := d.until(prompt); !strings.Contains(begin, "\n=>  12:\tfunc main() {\n") {
				t.Errorf("it begins with\n%s", begin)
			}
			d.typed("continue")
			d.until("stepped: ")
			who := strings.Fields(d.until("\n"))
			end.by(d)
			io.Copy(io.Discard, d.out)
			d.cmd.Wait()
			if got := d.cmd.ProcessState.ExitCode(); got != end.status {
				t.Errorf("it ended with status %d, want %d; complaints: %q", got, end.status, d.err.String())
			}
			eventually(t, "the program is gone", func() bool { return childGone(who[0]) })
			eventually(t, "its child is gone", func() bool { return childGone(who[1]) })
			if left, err := os.ReadDir(d.scratch); err != nil || len(left) > 0 {
				t.Errorf("it leaves files behind: %v, %v", left, err)
			}
		})
	}
}

// testStepKilled kills the lab at a prompt: both ends of the workload end, too.
func testStepKilled(t *testing.T, lab string) {
	d := debug(t, lab, "echo-udp")
	ends := regexp.MustCompile(`process (\d+)`).FindAllStringSubmatch(d.until(prompt), -1)
	if len(ends) != 2 {
		t.Fatalf("it begins with the processes %v, want 2", ends)
	}
	d.signal(syscall.SIGKILL)
	d.cmd.Wait()
	for i, role := range []string{"client", "server"} {
		eventually(t, "the "+role+" is gone", func() bool { return childGone(ends[i][1]) })
	}
}

// TestStepAttached debugs a server that is running, and leaves it alive: also when the lab
// is killed while the server is stopped.
func TestStepAttached(t *testing.T) {
	ring.Root(t)
	server := exec.CommandContext(t.Context(), compile(t, "stepped", nil, []string{"-gcflags=-N -l"}))
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 1024)
	n, err := out.Read(line)
	who := steppedLine.FindStringSubmatch(string(line[:n]))
	if err != nil || who == nil {
		t.Fatalf("the server says %q, %v", line[:n], err)
	}
	defer func() {
		pid, _ := strconv.Atoi(who[2])
		syscall.Kill(pid, syscall.SIGKILL)
	}()
	client, err := net.Dial("udp4", who[3])
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	lab := selfLab(t)
	for _, killed := range []bool{false, true} {
		t.Run(fmt.Sprintf("killed=%v", killed), func(t *testing.T) {
			d := debug(t, lab, "-p", who[1])
			d.until(") ")
			d.typed("break main.answer")
			d.until(") ")
			d.typed("continue")
			if _, err := client.Write([]byte("stop")); err != nil {
				t.Fatal(err)
			}
			d.until(prompt)
			d.do("next")
			shown(t, d.do("next"), "=>  33:\t\tif err != nil {", "kernel: ")
			again, err := exec.Command(lab, "step", "-p", who[1]).CombinedOutput()
			if want := fmt.Sprintf("lab: debug process %s: it is being debugged already, by process ", who[1]); err == nil || !strings.HasPrefix(string(again), want) {
				t.Errorf("a second debugger is told %q, %v; want %s…", again, err, want)
			}
			if killed {
				d.signal(syscall.SIGKILL)
				d.cmd.Wait()
			} else {
				d.leave()
			}
			answered(t, client, "stop")
			if _, err := client.Write([]byte("go")); err != nil {
				t.Fatal(err)
			}
			answered(t, client, "go")
		})
	}
	server.Process.Kill()
	server.Wait()
}

// answered reads the server's answer: it lives, and nothing stops it.
func answered(t *testing.T, client net.Conn, want string) {
	t.Helper()
	client.SetReadDeadline(time.Now().Add(20 * time.Second))
	b := make([]byte, 16)
	n, err := client.Read(b)
	if err != nil || string(b[:n]) != want {
		t.Errorf("the server answers %q, %v; want %q", b[:n], err, want)
	}
}
