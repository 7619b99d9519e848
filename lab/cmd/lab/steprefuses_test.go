package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"dialpath/lab/ring"
)

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
