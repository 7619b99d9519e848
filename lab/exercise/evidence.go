package exercise

import (
	"cmp"
	"math"
	"net/netip"
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

// server is where the exercise's server is: the article's address, if the trace is of a lab
// that did not write it down.
func (e Evidence) server() netip.AddrPort {
	if e.Target.Server.IsValid() {
		return e.Target.Server
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 2}), serverPort)
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
func (e Evidence) calls(names ...string) []trace.Syscall { return e.callsOf(e.you, names...) }

// callsOf returns those of a role. Sockets of the family AF_UNIX, which lead nowhere but into
// the same machine, are left out.
func (e Evidence) callsOf(role trace.Role, names ...string) []trace.Syscall {
	var calls []trace.Syscall
	local := make(map[uint64]bool)
	for _, c := range e.Syscalls {
		makes := kernel.IsSyscall(c.Name, kernel.Makes|kernel.SocketOnly)
		if makes && c.Family == kernel.Unix {
			local[c.Socket] = true
		}
		if c.Role == role && (c.Socket != 0 || makes) {
			calls = append(calls, c)
		}
	}
	slices.SortStableFunc(calls, func(a, b trace.Syscall) int { return cmp.Compare(a.Time, b.Time) })
	return slices.DeleteFunc(calls, func(c trace.Syscall) bool {
		return local[c.Socket] || len(names) > 0 && !slices.Contains(names, c.Name)
	})
}

// The system calls by which data goes out and comes in.
var (
	sending   = kernel.SyscallsOf(kernel.Sends)
	receiving = kernel.SyscallsOf(kernel.Receives)
)

// isSending and isReceiving tell what a call does: splice(2) can do one or the other.
func isSending(c trace.Syscall) bool { return slices.Contains(sending, c.Name) && c.Way != trace.In }

func isReceiving(c trace.Syscall) bool {
	return slices.Contains(receiving, c.Name) && c.Way != trace.Out
}

// worked tells whether a call has returned, and not failed.
func worked(c trace.Syscall) bool { return c.Errno == "" && !c.Unfinished }

// ended returns when a call returned; of one that had not when the recording ended, a time
// after all others.
func ended(c trace.Syscall) int64 {
	if c.Unfinished {
		return math.MaxInt64
	}
	return c.Time + int64(c.Duration)
}

// during tells whether a moment was in the course of a call.
func during(c trace.Syscall, moment int64) bool { return c.Time <= moment && moment <= ended(c) }

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
