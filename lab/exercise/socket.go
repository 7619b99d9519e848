package exercise

import (
	"net/netip"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// A socket is one socket of the learner's, with all system calls on it from its making to
// its closing: on whichever copy of its descriptor, by whichever of the program's processes.
type socket struct {
	number uint64 // see [trace.Syscall]
	calls  []trace.Syscall
}

// sockets returns the learner's sockets in the order in which they were first called on. What
// the Go runtime tries out with sockets of its own, whether there is IPv6, is among them.
func (e Evidence) sockets() []socket {
	var all []socket
	at := make(map[uint64]int) // by number, where in all
	for _, c := range e.calls() {
		if c.Socket == 0 {
			continue // one that was not made
		}
		i, known := at[c.Socket]
		if !known {
			i = len(all)
			at[c.Socket] = i
			all = append(all, socket{number: c.Socket})
		}
		all[i].calls = append(all[i].calls, c)
	}
	return all
}

// socket returns the one with a number, or one without calls.
func (e Evidence) socket(number uint64) socket {
	for _, s := range e.sockets() {
		if s.number == number {
			return s
		}
	}
	return socket{number: number}
}

// closed returns the call that closed a socket, which is the close of its last copy.
func (s socket) closed() (trace.Syscall, bool) {
	for _, c := range s.calls {
		if c.Last && c.Errno == "" {
			return c, true
		}
	}
	return trace.Syscall{}, false
}

// peerAt returns whom connect(2) had made a socket's peer at a moment, if anybody.
func (s socket) peerAt(moment int64) netip.AddrPort {
	var peer netip.AddrPort
	for _, c := range s.calls {
		if connects(c) && c.Time <= moment {
			peer = c.Peer()
		}
	}
	return peer
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
