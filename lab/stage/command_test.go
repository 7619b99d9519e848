package stage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStreams passes a command's streams through, and tells how it ended.
func TestStreams(t *testing.T) {
	var stdout, stderr bytes.Buffer
	var failure error
	do(t, Target{
		Command: []string{"sh", "-c", "cat; echo complaint >&2; exit 7"},
		Stdin:   strings.NewReader("what it reads\n"), Stdout: &stdout, Stderr: &stderr,
		Failed: func(err error) { failure = err },
	})
	if stdout.String() != "what it reads\n" || stderr.String() != "complaint\n" {
		t.Errorf("it wrote %q and %q", stdout.String(), stderr.String())
	}
	if failure == nil || failure.Error() != "sh: exit status 7" {
		t.Errorf("it failed with %v, want exit status 7", failure)
	}
}

// TestNoProgram has files that the kernel does not run, which only running tells.
func TestNoProgram(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"neither\n":                "exec format error",
		"#!/no/such/interpreter\n": "what it asks to be run by, in its first line or its ELF header, is not there",
	} {
		path := filepath.Join(dir, "program")
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := run(t.Context(), Target{Command: []string{path}})
		if want := "run " + path + ": " + want; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestStubborn ends a command that takes no notice, and its children.
func TestStubborn(t *testing.T) {
	const descendants = 2
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var pids pidWriter
	pids.written = func() {
		if len(pids.list()) == descendants+1 {
			cancel()
		}
	}
	command := []string{"env", fmt.Sprintf("%s=stubborn %d", puppetEnv, descendants), self}
	if _, err := run(ctx, Target{Command: command, Stdout: &pids, Stderr: os.Stderr}); err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids.list() {
		eventually(t, "process "+pid+" is gone", func() bool { return gone(pid) })
	}
}

// pidWriter takes numbers of processes, a line each.
type pidWriter struct {
	text    strings.Builder
	written func()
}

func (w *pidWriter) Write(p []byte) (int, error) {
	defer w.written()
	return w.text.Write(p)
}

func (w *pidWriter) list() []string { return strings.Fields(w.text.String()) }

// gone tells whether a process has ended, be it that its parent has not noticed.
func gone(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}
