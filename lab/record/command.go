package record

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"dialpath/probes"
)

// A command is a program that is started to be traced.
type command struct {
	*held
}

func newCommand(opts Options) (*command, error) {
	h, err := hold(func(cmd *exec.Cmd) {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = opts.Stdin, opts.Stdout, opts.Stderr
	}, append([]string{"command"}, opts.Command...)...)
	if err != nil {
		return nil, err
	}
	return &command{h}, nil
}

func findCommand(name string) error {
	if _, err := exec.LookPath(name); err != nil {
		return fmt.Errorf("run the command: %w", err)
	}
	return nil
}

func (c *command) admit(s *probes.Session) error {
	return s.Admit(c.cmd.Process.Pid, probes.Tracee)
}

// run lets the command go until it ends, whatever its status: that is its own
// affair. When the context is done, it is asked to end.
func (c *command) run(ctx context.Context) error {
	if err := c.release(); err != nil {
		return err
	}
	c.wait(ctx)
	if ctx.Err() != nil {
		c.cmd.Process.Signal(os.Interrupt)
	}
	return nil
}

func (c *command) close() { c.end() }
