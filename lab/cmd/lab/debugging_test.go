package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// prompt is Delve's, where a goroutine is chosen.
const prompt = "(dlv g1) "

// A debugging is one run of lab step, talked to as if it was at a terminal.
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

func (d *debugging) signal(s syscall.Signal) {
	d.t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil {
		d.t.Fatal(err)
	}
}

// leave ends the debugger, which must end well.
func (d *debugging) leave() {
	d.t.Helper()
	d.typed("exit")
	io.Copy(io.Discard, d.out)
	if err := d.cmd.Wait(); err != nil {
		d.t.Errorf("it ended with %v, want status 0; complaints: %q", err, d.err.String())
	}
}
