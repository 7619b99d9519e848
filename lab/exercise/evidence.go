package exercise

import (
	"cmp"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// Evidence is what the kernel saw of one run, from the learner's side: you are the role
// that their program had.
type Evidence struct {
	*trace.Trace
	you trace.Role
}

// other is the role of the program at the other end.
func (e Evidence) other() trace.Role {
	if e.you == trace.Client {
		return trace.Server
	}
	return trace.Client
}

// calls returns the learner's system calls on sockets, in order of time: all, or those
// with one of the names.
func (e Evidence) calls(names ...string) []trace.Syscall {
	calls := e.SocketCalls(e.you)
	if len(names) == 0 {
		return calls
	}
	return slices.DeleteFunc(calls, func(c trace.Syscall) bool { return !slices.Contains(names, c.Name) })
}

// The system calls by which data goes out and comes in.
var (
	sending   = kernel.SyscallsOf(kernel.Sends)
	receiving = kernel.SyscallsOf(kernel.Receives)
)

// sends are the learner's system calls that sent data.
func (e Evidence) sends() []trace.Syscall { return moved(e.calls(sending...)) }

// receives are those that received some.
func (e Evidence) receives() []trace.Syscall {
	return moved(e.calls(receiving...))
}

func moved(calls []trace.Syscall) []trace.Syscall {
	return slices.DeleteFunc(calls, func(c trace.Syscall) bool { return c.Return <= 0 })
}

// counted returns how often the first of the functions that ran did so for the learner.
func (e Evidence) counted(functions []string) int {
	for _, name := range functions {
		if n := e.Count(name, e.you); n > 0 {
			return int(n)
		}
	}
	return 0
}

// left are the TCP and UDP packets that left the learner's machine.
func (e Evidence) left() []trace.Packet { return e.Sent(e.you) }

// came are the packets of a protocol that arrived at the learner's machine.
func (e Evidence) came(protocol trace.Protocol) []trace.Packet {
	return e.packets(func(p trace.Packet) bool {
		return p.Role == e.you && p.Direction == trace.In && p.Protocol == protocol
	})
}

// packets returns those that keep admits, in order of time.
func (e Evidence) packets(keep func(trace.Packet) bool) []trace.Packet {
	var kept []trace.Packet
	for _, p := range e.Packets {
		if keep(p) {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b trace.Packet) int { return cmp.Compare(a.Time, b.Time) })
	return kept
}

func isTCP(p trace.Packet) bool { return p.Protocol == trace.TCP }

func isUDP(p trace.Packet) bool { return p.Protocol == trace.UDP }

// datagrams are the UDP packets among others.
func datagrams(packets []trace.Packet) []trace.Packet {
	return slices.DeleteFunc(packets, func(p trace.Packet) bool { return !isUDP(p) })
}
