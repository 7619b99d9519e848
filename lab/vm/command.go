package vm

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// runCommand runs the order's command as a session of its own and returns its
// status: what it exited with, or 128 plus the signal that ended it, as a shell
// says it.
func runCommand(o order, w *frameWriter, host *host) (status int, err error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return 0, fmt.Errorf("make the working directory: %w", err)
	}
	std, err := openStd(o)
	if err != nil {
		return 0, err
	}
	pid, err := syscall.ForkExec(o.Path, o.Args, &syscall.ProcAttr{
		Dir: o.Dir, Env: o.Env, Files: std.childFds(),
		Sys: &syscall.SysProcAttr{Setsid: true, Setctty: o.Terminal != nil},
	})
	std.closeChild()
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", o.Path, err)
	}
	var relays sync.WaitGroup
	relays.Go(func() { relay(stream{w, kindStdout}, std.stdout) })
	if std.stderr != nil {
		relays.Go(func() { relay(stream{w, kindStderr}, std.stderr) })
	}
	go host.serve(pid, std.stdin, w)

	status, err = reap(pid)
	// The command's end is the guest's end: whatever it left running would keep
	// its output open.
	unix.Kill(-1, unix.SIGKILL)
	for {
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && !errors.Is(err, unix.EINTR) {
			break
		}
	}
	relays.Wait()
	return status, err
}

// reap collects ended processes, as process 1 must, until this one is among them.
func reap(pid int) (status int, err error) {
	for {
		var ws unix.WaitStatus
		got, err := unix.Wait4(-1, &ws, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, fmt.Errorf("wait for the command: %w", err)
		case got == pid && ws.Signaled():
			return 128 + int(ws.Signal()), nil
		case got == pid:
			return ws.ExitStatus(), nil
		}
	}
}

// std are the two ends of a command's standard files. A terminal is all of them.
type std struct {
	child          [3]*os.File
	stdin          *os.File // nil when the command has no standard input
	stdout, stderr *os.File // stderr is nil when it has a terminal
}

func openStd(o order) (s std, err error) {
	if o.Terminal != nil {
		ours, theirs, err := openTerminal(o.Terminal)
		return std{[3]*os.File{theirs, theirs, theirs}, ours, ours, nil}, err
	}
	if o.Stdin {
		s.child[0], s.stdin, err = os.Pipe()
	} else {
		s.child[0], err = os.Open(os.DevNull)
	}
	if err == nil {
		s.stdout, s.child[1], err = os.Pipe()
	}
	if err == nil {
		s.stderr, s.child[2], err = os.Pipe()
	}
	return s, err
}

func (s std) childFds() []uintptr {
	return []uintptr{s.child[0].Fd(), s.child[1].Fd(), s.child[2].Fd()}
}

func (s std) closeChild() {
	for _, f := range s.child {
		f.Close()
	}
}

// relay copies what the command writes to the host. When the host is gone, it
// goes on reading, for nobody: the command must not hang.
func relay(to io.Writer, from *os.File) {
	defer from.Close()
	if _, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, maxPayload)); err != nil {
		io.Copy(io.Discard, from)
	}
}
