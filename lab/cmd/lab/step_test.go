package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dialpath/lab/ring"
)

// prompt is Delve's, in a session with a goroutine.
const prompt = "(dlv g1) "

// A debugging is a session of lab step, talked to as if it was at a terminal.
type debugging struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
	err *strings.Builder

	scratch string // where it may put files
}

func debug(t *testing.T, lab string, args ...string) *debugging {
	t.Helper()
	d := &debugging{t: t, cmd: command(t, append([]string{"step", "-k", "tracepoint"}, args...)...), err: new(strings.Builder)}
	d.cmd.Path, d.cmd.Err = lab, nil
	d.scratch = t.TempDir()
	d.cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir(), "TMPDIR="+d.scratch, "TERM=dumb")
	d.cmd.Stderr = d.err
	stuck := time.AfterFunc(time.Minute, func() { d.cmd.Process.Kill() })
	t.Cleanup(func() { stuck.Stop() })
	var err error
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if d.out, err = d.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return d
}

// until returns what is written up to the given words, and these.
func (d *debugging) until(words string) string {
	d.t.Helper()
	var text strings.Builder
	for b := make([]byte, 1); !strings.HasSuffix(text.String(), words); {
		if _, err := d.out.Read(b); err != nil {
			d.t.Fatalf("waited for %q, got %q, then %v; complaints: %q", words, text.String(), err, d.err.String())
		}
		text.Write(b)
	}
	return text.String()
}

// do types a command, and returns what is written up to the next prompt.
func (d *debugging) do(command string) string {
	d.t.Helper()
	d.typed(command)
	return strings.TrimSuffix(d.until(prompt), prompt)
}

func (d *debugging) typed(command string) {
	d.t.Helper()
	if _, err := io.WriteString(d.in, command+"\n"); err != nil {
		d.t.Fatal(err)
	}
}

// leave ends the session, which must end well.
func (d *debugging) leave() {
	d.t.Helper()
	d.typed("exit")
	io.Copy(io.Discard, d.out)
	if err := d.cmd.Wait(); err != nil {
		d.t.Errorf("it ended with %v, want status 0; complaints: %q", err, d.err.String())
	}
}

// TestStep debugs workloads, which are in the lab as it is built for users.
func TestStep(t *testing.T) {
	ring.Root(t)
	lab := filepath.Join(ring.Build(t), "lab")
	t.Run("workload", func(t *testing.T) { testStep(t, lab) })
	t.Run("killed", func(t *testing.T) { testStepKilled(t, lab) })
	t.Run("forbidden", func(t *testing.T) { testStepForbidden(t, lab) })
}

// testStep steps through a workload. Delve does not promise when it asks for what the
// lab uses to put in its own words, so the order of things is held here.
func testStep(t *testing.T, lab string) {
	d := debug(t, lab, "dialudp")
	begin := d.until(prompt)
	roles := regexp.MustCompile(`^client: process (\d+), under the debugger; server: process (\d+), running free at 10\.0\.0\.2:1337\n`).FindStringSubmatch(begin)
	if roles == nil || !strings.Contains(begin, "\n=>  27:\tfunc dialUDPConn(") || strings.Contains(begin, "kernel:") {
		t.Errorf("it begins with\n%s", begin)
	}
	if got, want := d.do("kernel"), "kernel: no step has been made yet: try next\n"; got != want {
		t.Errorf("before any step, kernel says %q, want %q", got, want)
	}
	const none = "kernel: this step reached none of the 10 tracepoints watched\n  packets: none left\n"
	stop := d.do("break dialUDPConn:5") + d.do("continue")
	shown(t, stop, "=>  32:\t\tconn, err := net.DialUDP(", none)

	const tree = "kernel: 1 tracepoint, 2 hits, of the 10 tracepoints watched\n  net.(*netFD).connect: connect(2) → "
	stop = d.do("next")
	shown(t, stop, "=>  33:\t\tif err != nil {", tree)
	if !strings.Contains(stop, "fib:fib_table_lookup ×1\n  packets: none left\n") {
		t.Errorf("next over net.DialUDP shows\n%s", stop)
	}
	_, tail, _ := strings.Cut(stop, "\nkernel: ")
	if again := d.do("kernel"); again != "kernel: "+tail {
		t.Errorf("kernel shows %q, and the step %q", again, tail)
	}
	if all := d.do("kernel all"); !strings.HasPrefix(all, "kernel: ") || !strings.Contains(all, "fib:fib_table_lookup") {
		t.Errorf("kernel all shows %q", all)
	}
	if help := d.do("help kernel"); !strings.Contains(help, "kernel off    do not show it after each step") {
		t.Errorf("help kernel shows %q", help)
	}
	if got, want := d.do("kernel bogus"), "kernel bogus: it is kernel, kernel all, kernel on or kernel off\n"; got != want {
		t.Errorf("kernel bogus says %q, want %q", got, want)
	}
	d.do("kernel off")
	if stop := d.do("next"); strings.Contains(stop, "kernel") {
		t.Errorf("switched off, it shows\n%s", stop)
	}
	d.do("kernel on")
	for _, command := range []string{"step-instruction", "step", "stepout"} {
		shown(t, d.do(command), "=>", "kernel: ")
	}
	d.leave()
	for i, role := range []string{"client", "server"} {
		eventually(t, "the "+role+" is gone", func() bool { return childGone(roles[i+1]) })
	}
}

// shown demands that a stop shows the source first, then the kernel, and nothing after.
func shown(t *testing.T, stop, source, kernel string) {
	t.Helper()
	_, after, listed := strings.Cut(stop, "\n"+source)
	before, tail, found := strings.Cut(after, "\nkernel: ")
	if !listed || !found || !strings.HasPrefix("kernel: "+tail, kernel) || strings.Contains(before, "(dlv") {
		t.Errorf("want the source with %q, then %q, in\n%s", source, kernel, stop)
	}
	for line := range strings.Lines(tail) {
		if !strings.HasPrefix(line, "  ") && line != strings.SplitAfter(tail, "\n")[0] {
			t.Errorf("after the kernel there is %q", line)
		}
	}
}

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

// TestStepEnds ends sessions in all ways: the program, and the child that it has, end too.
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

func (d *debugging) signal(s syscall.Signal) {
	d.t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil {
		d.t.Fatal(err)
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

// TestStepRefuses gives the debugger what it cannot debug.
func TestStepRefuses(t *testing.T) {
	ring.Root(t)
	dir, lab := t.TempDir(), selfLab(t)
	file := func(name, text string, mode os.FileMode) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return name
	}
	program, err := os.ReadFile(compile(t, "stepped", nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	sleep := exec.CommandContext(t.Context(), "sleep", "1000")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	notGo, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	thread := otherThread(t)
	stripped := compile(t, "stepped", nil, []string{"-ldflags=-s"})
	other := compile(t, "stepped", []string{"GOARCH=arm64"}, nil)
	small := compile(t, "stepped", []string{"GOARCH=386"}, nil)
	plain, script := file("plain", string(program), 0o644), file("script", "#!/bin/sh\n", 0o755)
	short, missing := file("short", string(program[:40]), 0o755), filepath.Join(dir, "missing")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--", missing}, "debug " + missing + ": there is no such program"},
		{[]string{"--", "lab-nonesuch"}, "debug lab-nonesuch: there is no such program"},
		{[]string{"--", plain}, "debug " + plain + ": it is not executable"},
		{[]string{"--", dir}, "debug " + dir + ": is a directory"},
		{[]string{"--", script}, "debug " + script + ": it is no program, or a damaged one: give one that go build made"},
		{[]string{"--", short}, "debug " + short + ": it is no program, or a damaged one: give one that go build made"},
		{[]string{"--", notGo}, "debug " + notGo + ": it is not a Go program: Delve knows nothing else"},
		{[]string{"--", stripped}, "debug " + stripped + ": it has no debug information: build it without -ldflags=-s or -w (go run and go test leave it out, too)"},
		{[]string{"--", other}, "debug " + other + ": it is for arm64, and this machine is amd64: build it with GOARCH=amd64"},
		{[]string{"--", small}, "debug " + small + ": it is for 386, and this machine is amd64: build it with GOARCH=amd64"},
		{[]string{"-p", "1073741824"}, "debug process 1073741824: there is no such process"},
		{[]string{"-p", strconv.Itoa(thread)}, fmt.Sprintf("debug process %d: it is a thread of process %d: give that number", thread, os.Getpid())},
		{[]string{"-p", strconv.Itoa(sleep.Process.Pid)}, fmt.Sprintf("debug process %d: it is not a Go program: Delve knows nothing else", sleep.Process.Pid)},
		{[]string{"dialudp", "--script", missing}, "read the script: open " + missing + ": no such file or directory"},
		{[]string{"dialudp"}, "debug the lab itself: it has no debug information: build it without -ldflags=-s or -w (go run and go test leave it out, too)"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			var complaints strings.Builder
			cmd := exec.Command(lab, append([]string{"step"}, test.args...)...)
			cmd.Stderr = &complaints
			out, _ := cmd.Output()
			if got := complaints.String(); cmd.ProcessState.ExitCode() != statusFailed || got != "lab: "+test.want+"\n" || len(out) > 0 {
				t.Errorf("status %d, %q and %q; want %q", cmd.ProcessState.ExitCode(), out, got, test.want)
			}
		})
	}
	sleep.Process.Kill()
	sleep.Wait()
}

// testStepForbidden debugs where the system call ptrace fails, as in many a container.
func testStepForbidden(t *testing.T, lab string) {
	unptraced := compile(t, "unptraced", nil, nil)
	program := compile(t, "stepped", nil, nil)
	const why = "ptrace is forbidden here: a container needs it allowed (docker run --cap-add=SYS_PTRACE)"
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--", program}, "lab: debug " + regexp.QuoteMeta(program+": "+why)},
		{[]string{"dialudp"}, `lab: debug process \d+: ` + regexp.QuoteMeta(why)},
	} {
		var complaints strings.Builder
		cmd := exec.Command(unptraced, append([]string{lab, "step", "-k", "tracepoint"}, test.args...)...)
		cmd.Stderr = &complaints
		out, _ := cmd.Output()
		if got := complaints.String(); cmd.ProcessState.ExitCode() != statusFailed || !regexp.MustCompile("^"+test.want+"\n$").MatchString(got) || len(out) > 0 {
			t.Errorf("%v: status %d, %q and %q; want %s", test.args, cmd.ProcessState.ExitCode(), out, got, test.want)
		}
	}
}

// otherThread returns a thread of this process that is not its first.
func otherThread(t *testing.T) int {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if tid, _ := strconv.Atoi(task.Name()); tid != os.Getpid() {
			return tid
		}
	}
	t.Fatal("there is but one thread")
	return 0
}

// testStepLive steps over the calls of the article's client with kprobes, single or
// multiple, and then where debugging is forbidden.
func testStepLive(t *testing.T, kernel string) {
	status, out, complaints := shell(t, "", "lab step echo-udp --script "+inKit("echo-udp.dlv"))
	if status != statusDone {
		t.Fatalf("status %d\n%s\n%s", status, complaints, out)
	}
	// Single kprobes leave some functions out, and that is said.
	for news := range strings.Lines(complaints) {
		if isProgress(strings.TrimSuffix(news, "\n")) {
			continue
		}
		if newer(kernel, "6.1") || !strings.HasPrefix(news, "not watched: ") ||
			!strings.HasSuffix(news, ": several functions share the name, which only kprobe.multi can tell apart\n") {
			t.Errorf("its news are %q", news)
		}
	}
	steps := strings.Split(out, "(dlv) next\n")[1:]
	want := [][]string{ // functions and packets of each step
		{udpConnect(kernel) + " ×1\n", "udp_init_sock ×1\n", "  packets: none left\n"},
		{"udp_sendmsg ×1\n", "ip_send_skb ×1\n", "  in NET_RX (packets that arrived), a softirq on the client's thread:\n",
			"ip_rcv ×1\n", "udp_rcv ×1\n", "  packets that left:\n", " [UDP] IN= OUT=veth0 SRC=10.0.0.1 DST=10.0.0.2 LEN=35\n"},
		{"udp_recvmsg ×1\n", "__skb_recv_udp ×1\n", "  packets: none left\n"},
	}
	if len(steps) != len(want) {
		t.Fatalf("%d steps, want %d, in\n%s", len(steps), len(want), out)
	}
	for i, words := range want {
		step, _, _ := strings.Cut(steps[i], "(dlv) ")
		for _, word := range words {
			if strings.Count(step, word) != 1 {
				t.Errorf("step %d: not exactly one %q in\n%s", i+1, word, step)
			}
		}
	}
	if err := os.WriteFile("/proc/sys/kernel/yama/ptrace_scope", []byte("3"), 0); err != nil {
		t.Fatal(err)
	}
	status, _, complaints = shell(t, "", "lab step dialudp")
	forbidden := "lab: debug the lab itself: this machine lets nobody debug (kernel.yama.ptrace_scope is 3, which only a reboot changes)\n"
	if status != statusFailed || complaints != forbidden {
		t.Errorf("where it is forbidden: status %d, %q, want %q", status, complaints, forbidden)
	}
}
