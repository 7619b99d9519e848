package stage

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// A process is one that was running already, and goes on afterwards.
type process struct {
	pid  int
	file *os.File // pidfd: readable once the process has ended
}

func newProcess(pid int) (*process, error) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	switch {
	case errors.Is(err, unix.ESRCH), pid < 0:
		return nil, fmt.Errorf("trace process %d: there is no such process", pid)
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOENT): // the latter since 6.15
		return nil, fmt.Errorf("trace process %d: it is a thread: give its process's number", pid)
	case err != nil:
		return nil, fmt.Errorf("trace process %d: %w", pid, err)
	}
	return &process{pid, os.NewFile(uintptr(fd), "pidfd")}, nil
}

func (p *process) Admit(to Probes) error { return to.Admit(p.pid, Tracee) }

func (p *process) Outcome() Outcome { return Outcome{} }

// Run waits until the process has ended or the context is done.
func (p *process) Run(ctx context.Context) error {
	ended := make(chan struct{})
	raw, err := p.file.SyscallConn()
	if err != nil {
		return fmt.Errorf("wait for process %d: %w", p.pid, err)
	}
	go func() {
		// The poller calls back when the descriptor is readable, or closed.
		raw.Read(func(fd uintptr) bool {
			n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
			return n > 0
		})
		close(ended)
	}()
	select {
	case <-ctx.Done():
	case <-ended:
	}
	return nil
}

func (p *process) Close() { p.file.Close() }
