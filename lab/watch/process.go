package watch

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A Process is one that runs already, and whose end is to be noticed.
type Process struct{ fd int }

// Open finds a process by its number. It fails if there is none, or if the number is a
// thread's. To notice a process takes Linux 5.3.
func Open(pid int) (*Process, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	switch {
	case errors.Is(err, unix.ESRCH):
		return nil, fmt.Errorf("watch process %d: there is no such process", pid)
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOENT): // the latter since 6.15
		return nil, fmt.Errorf("watch process %d: it is a thread: give its process's number", pid)
	case err != nil:
		return nil, fmt.Errorf("watch process %d: %w", pid, err)
	}
	return &Process{fd}, nil
}

// Ended tells whether the process has ended.
func (p *Process) Ended() bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, 0)
	return n > 0
}

// Close forgets the process, which goes on.
func (p *Process) Close() error { return unix.Close(p.fd) }
