package exercise

import (
	"cmp"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// numbered returns a trace whose system calls and packets say which socket they are of. Those
// that were recorded before the lab could tell do not: there a socket is known by its process
// and descriptor, as far as one can follow these, and a packet by the call in whose course it
// left. Others are returned as they are.
func numbered(t *trace.Trace) *trace.Trace {
	if slices.ContainsFunc(t.Syscalls, func(c trace.Syscall) bool { return c.Socket != 0 }) {
		return t
	}
	older := *t
	older.Syscalls = slices.Clone(t.Syscalls)
	slices.SortStableFunc(older.Syscalls, func(a, b trace.Syscall) int { return cmp.Compare(a.Time, b.Time) })
	n := numbering{open: make(map[descriptor]uint64)}
	for i := range older.Syscalls {
		n.number(&older.Syscalls[i])
	}
	older.Packets = slices.Clone(t.Packets)
	for i := range older.Packets {
		of(&older.Packets[i], older.Syscalls)
	}
	return &older
}

type descriptor struct{ pid, fd int }

// A numbering gives the sockets of an older trace numbers.
type numbering struct {
	open map[descriptor]uint64
	last uint64
}

// number writes into a call which socket it was on, or made.
func (n *numbering) number(c *trace.Syscall) {
	at, returned := descriptor{c.PID, c.FD}, descriptor{c.PID, int(c.Return)}
	switch {
	case c.Name == "epoll_create1":
	case kernel.IsSyscall(c.Name, kernel.Makes|kernel.SocketOnly):
		if c.Return >= 0 {
			n.last++
			n.open[returned], c.Socket = n.last, n.last
		}
		return
	case n.open[at] == 0 && c.FD >= 0 && kernel.IsSyscall(c.Name, kernel.SocketOnly) && c.Errno != "ENOTSOCK" && c.Errno != "EBADF":
		n.last++
		n.open[at] = n.last // it was there before
	}
	c.Socket = n.open[at]
	switch {
	case c.Socket == 0:
	case c.Copies():
		n.open[returned] = c.Socket
	case c.Name == "close":
		delete(n.open, at)
		c.Last = true
		for _, other := range n.open {
			c.Last = c.Last && other != c.Socket
		}
	}
}

// of writes into a packet which socket it is of: that of the call in whose course it left.
func of(p *trace.Packet, calls []trace.Syscall) {
	if p.Direction != trace.Out {
		return
	}
	for _, c := range calls {
		if c.Time > p.Time {
			return
		}
		if c.Role == p.Role && c.Socket != 0 && isSending(c) && during(c, p.Time) {
			p.Socket = c.Socket
			return
		}
	}
}
