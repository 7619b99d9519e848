package vm_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dialpath/lab/ring"
	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"

	"golang.org/x/sys/unix"
)

// The test binary is the lab of these guests, and the command in them too: with
// actEnv set it plays the part of that name instead of running tests.
const actEnv = "DIALPATH_TEST_ACT"

func TestMain(m *testing.M) {
	vm.Init()
	if name := os.Getenv(actEnv); name != "" {
		os.Exit(acts[name]())
	}
	os.Exit(m.Run())
}

// job is a job whose command is an act.
func job(act string) vm.Job { return vm.Job{Env: []string{actEnv + "=" + act}} }

// lines collects a guest's log, and its command's output line by line.
type lines struct{ c chan string }

func newLines() lines { return lines{make(chan string, 100)} }

func (l lines) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		l.c <- strings.TrimRight(line, "\n")
	}
	return len(p), nil
}

const bulk = 5 << 20

// bulkOutput is what the act "all" writes to standard output: every byte value,
// in no order that repeats with the size of a buffer.
func bulkOutput() []byte {
	data := make([]byte, bulk)
	x := uint32(1)
	for i := range data {
		x = x*1664525 + 1013904223
		data[i] = byte(x >> 24)
	}
	return data
}

func TestGuestBringsAllBack(t *testing.T) {
	ring.Guest(t)
	for _, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.txt"), filepath.Join(dir, "out.txt")
			if err := os.WriteFile(in, []byte("from the host"), 0o644); err != nil {
				t.Fatal(err)
			}
			ls, err := exec.LookPath("ls")
			if err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			j := job("all")
			j.Env = append(j.Env, "PATH="+filepath.Dir(ls))
			j.Args = []string{"in.txt", "out.txt"}
			j.Dir, j.Inputs, j.Outputs, j.Carry = dir, []string{in}, []string{out}, []string{ls}
			j.Stdin, j.Stdout, j.Stderr = strings.NewReader(strings.Repeat("stdin", 1<<18)), &stdout, &stderr
			status, err := vm.Guest{Kernel: kernel}.Run(t.Context(), j)
			if err != nil || status != 7 {
				t.Fatalf("status %d, %v; want 7\n%s", status, err, &stderr)
			}
			if got, want := sha256.Sum256(stdout.Bytes()), sha256.Sum256(bulkOutput()); got != want {
				t.Errorf("standard output: %d bytes of %x, want %d of %x", stdout.Len(), got[:4], bulk, want[:4])
			}
			if want := "release " + kernel + ".\nargs in.txt out.txt\nls in.txt\nveth up\n"; stderr.String() != want {
				t.Errorf("standard error %q, want %q", &stderr, want)
			}
			text, err := os.ReadFile(out)
			if want := "from the host, 1310720 bytes"; err != nil || string(text) != want {
				t.Errorf("the output file is %q, %v; want %q", text, err, want)
			}
		})
	}
}

func TestGuestInterrupted(t *testing.T) {
	ring.Guest(t)
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out := newLines()
	go func() {
		<-out.c
		cancel()
	}()
	j := job("wait")
	j.Stdout = out
	status, err := vm.Guest{}.Run(ctx, j)
	if want := 128 + int(unix.SIGINT); err != nil || status != want {
		t.Errorf("status %d, %v; want %d", status, err, want)
	}
}

func TestGuestSecondSignal(t *testing.T) {
	ring.Guest(t)
	t.Parallel()
	out := newLines()
	signals := make(chan os.Signal, 2)
	go func() {
		<-out.c // it is deaf by now
		signals <- os.Interrupt
		<-out.c // it heard
		signals <- os.Interrupt
	}()
	j := job("stubborn")
	j.Stdout, j.Signals = out, signals
	_, err := vm.Guest{}.Run(t.Context(), j)
	wantFailure(t, err, vm.Cancelled, "a second signal")
}

// TestGuestTimesOut: the limit begins when the guest is up, though nothing can cancel the
// context. (That of TestGuestHangs can be cancelled.)
func TestGuestTimesOut(t *testing.T) {
	ring.Guest(t)
	t.Parallel()
	for limit := 2 * time.Second; !timesOut(context.WithoutCancel(t.Context()), t, limit); limit *= 2 {
		if limit > time.Minute {
			t.Fatal("it said nothing before its limit came")
		}
	}
}

// timesOut runs a guest up to its limit, and tells whether it said something before: on a
// busy machine it may not have come to it.
func timesOut(ctx context.Context, t *testing.T, limit time.Duration) bool {
	t.Helper()
	out := newLines()
	j := job("wait")
	j.Stdout = out
	_, err := vm.Guest{Limit: limit}.Run(ctx, j)
	if failure := wantFailure(t, err, vm.TimedOut, fmt.Sprintf("waited %v for lab, which has not ended", limit)); failure.After > limit+time.Minute {
		t.Errorf("it took %v: that is the time to boot, and not the limit", failure.After)
	}
	select {
	case got := <-out.c:
		if got != "waiting" {
			t.Errorf("it said %q", got)
		}
		return true
	default:
		return false
	}
}

// TestGuestHangs: on this kernel a real-time process may keep all others from
// running. Later ones leave them a share. On a busy machine the limit may come before the
// process has begun; then the guest still answers.
func TestGuestHangs(t *testing.T) {
	ring.Guest(t)
	t.Parallel()
	for limit := 5 * time.Second; ; limit *= 2 {
		_, err := vm.Guest{Kernel: "6.1", Limit: limit}.Run(t.Context(), job("hang"))
		var failure *vm.Failure
		if errors.As(err, &failure) && failure.Cause == vm.TimedOut && limit < time.Minute {
			continue
		}
		wantFailure(t, err, vm.Hung, "")
		return
	}
}

func TestGuestPanics(t *testing.T) {
	ring.Guest(t)
	t.Parallel()
	_, err := vm.Guest{}.Run(t.Context(), job("panic"))
	failure := wantFailure(t, err, vm.Panicked, "sysrq triggered crash")
	if len(failure.Console) == 0 || !strings.Contains(failure.Console[0], "Kernel panic") {
		t.Errorf("its console does not show it: %q", failure.Console)
	}
}

func TestGuestNotReady(t *testing.T) {
	ring.Guest(t)
	t.Parallel()
	// An ELF header and nothing else: it needs no libraries, and no kernel runs it.
	prog := filepath.Join(t.TempDir(), "prog")
	if err := os.WriteFile(prog, []byte("\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 9)+"\x02\x00\x3e\x00\x01\x00\x00\x00"+strings.Repeat("\x00", 40)), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := vm.Guest{}.Run(t.Context(), vm.Job{Program: prog})
	wantFailure(t, err, vm.NotReady, "start "+prog+": exec format error")
}

func wantFailure(t *testing.T, err error, cause vm.Cause, detail string) *vm.Failure {
	t.Helper()
	var failure *vm.Failure
	if !errors.As(err, &failure) {
		t.Fatalf("got %v, want a failure", err)
	}
	if failure.Cause != cause || failure.Detail != detail {
		t.Fatalf("cause %d, %q; want %d, %q\n%v", failure.Cause, failure.Detail, cause, detail, err)
	}
	return failure
}

// TestGuestDiesWithUs: kill -9 of the process that started a guest ends QEMU.
func TestGuestDiesWithUs(t *testing.T) {
	ring.Guest(t)
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	lab := exec.Command(self)
	lab.Env = append(os.Environ(), actEnv+"=host")
	out, err := lab.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "waiting\n" {
		t.Fatalf("the guest said %q, %v", line, err)
	}
	qemus := childrenOf(t, lab.Process.Pid)
	if len(qemus) != 1 {
		t.Fatalf("the lab has the children %v, want one QEMU", qemus)
	}
	fd, err := unix.PidfdOpen(qemus[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	lab.Process.Kill()
	lab.Wait()
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, 60_000); n != 1 {
		unix.Kill(qemus[0], unix.SIGKILL)
		t.Errorf("QEMU lives on: %d, %v", n, err)
	}
}

// childrenOf reads a process's children from its threads.
func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, child)
		}
	}
	return pids
}
