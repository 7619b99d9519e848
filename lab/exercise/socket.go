package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// A socket is one socket of the learner's, with all system calls on it from its making to
// its closing.
type socket struct {
	fd    int
	calls []trace.Syscall
}

// sockets returns the learner's sockets in the order in which they were made. What the Go
// runtime tries out with sockets of its own, whether there is IPv6, is among them.
func (e Evidence) sockets() []socket {
	var all []socket
	open := make(map[int]int) // by descriptor, where in all
	for _, c := range e.calls() {
		fd := c.FD
		if kernel.IsSyscall(c.Name, kernel.Makes|kernel.SocketOnly) && c.Return >= 0 {
			fd = int(c.Return)
			open[fd] = len(all)
			all = append(all, socket{fd: fd})
		}
		i, known := open[fd]
		if !known {
			continue
		}
		all[i].calls = append(all[i].calls, c)
		if c.Name == "close" {
			delete(open, fd)
		}
	}
	return all
}

// named returns those of the socket's calls that have one of the names.
func (s socket) named(names ...string) []trace.Syscall {
	var calls []trace.Syscall
	for _, c := range s.calls {
		if slices.Contains(names, c.Name) {
			calls = append(calls, c)
		}
	}
	return calls
}

// has tells whether one of the named calls was made on the socket, and did not fail.
func (s socket) has(names ...string) bool {
	return slices.ContainsFunc(s.calls, func(c trace.Syscall) bool { return slices.Contains(names, c.Name) && c.Errno == "" })
}

// datagram and stream tell the type of a socket that the program made itself.
func (s socket) datagram() bool { return s.made(kernel.Datagram) }

func (s socket) stream() bool { return s.made(kernel.Stream) }

func (s socket) made(kind kernel.SocketType) bool {
	return len(s.calls) > 0 && s.calls[0].Name == "socket" && s.calls[0].Type == kind
}
