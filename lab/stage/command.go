package stage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"

	"dialpath/lab/proc"
)

// A command is a program that is started to be traced.
type command struct {
	*held
	name   string
	failed func(error)
	family []int // its descendants, if it was ended early
}

func newCommand(t Target) (*command, error) {
	h, err := hold(func(cmd *exec.Cmd) {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = t.Stdin, t.Stdout, t.Stderr
	}, append([]string{"command"}, t.Command...)...)
	if err != nil {
		return nil, err
	}
	return &command{held: h, name: t.Command[0], failed: t.Failed}, nil
}

// LookPath is [exec.LookPath] with errors for people: that there is no such command or file,
// or that it is not executable.
func LookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", fmt.Errorf("run %s: there is no such command in PATH", name)
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("run %s: there is no such file", name)
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("run %s: it is not executable", name)
	case err != nil:
		return "", fmt.Errorf("run %s: %w", name, errors.Unwrap(err))
	}
	return path, nil
}

func (c *command) Admit(to Probes) error { return to.Admit(c.cmd.Process.Pid, Tracee) }

func (c *command) Outcome() Outcome { return Outcome{} }

// Run lets the command go until it ends, whatever its status: that is its own
// affair. When the context is done, it is asked to end.
func (c *command) Run(ctx context.Context) error {
	if err := c.release(); err != nil {
		return err
	}
	if err := c.became(c.name); err != nil {
		return err
	}
	err := c.wait(ctx)
	switch {
	case ctx.Err() != nil:
		c.interrupt(errors.Is(ctx.Err(), context.DeadlineExceeded))
	case err != nil && c.failed != nil:
		c.failed(fmt.Errorf("%s: %w", c.name, err))
	}
	return nil
}

// interrupt asks the command and its descendants to end, as Ctrl-C on a terminal
// does. If that is how the context came to its end, they have been asked already.
func (c *command) interrupt(timeIsUp bool) {
	pid := c.cmd.Process.Pid
	c.family = proc.Descendants(pid)
	if !timeIsUp && onTerminal() {
		return
	}
	for _, pid := range append(c.family, pid) {
		unix.Kill(pid, unix.SIGINT)
	}
}

// patience is how long a command that was asked to end may take.
const patience = 3 * time.Second

// Close ends what is left of a command that was ended early: itself, and whatever
// it started that takes no notice of an interrupt.
func (c *command) Close() {
	c.barrier.Close() // if it is still held, that ends it
	select {
	case <-c.done:
	case <-time.After(patience):
		c.cmd.Process.Kill()
	}
	for _, pid := range c.family {
		unix.Kill(pid, unix.SIGKILL)
	}
	c.end()
}

// onTerminal tells whether this process belongs to those that a terminal's Ctrl-C
// interrupts.
func onTerminal() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
