package trace

import (
	"cmp"
	"slices"

	"dialpath/lab/kernel"
)

// Count returns how often the functions whose base name is base ran, in any
// context, on behalf of the given roles; of all roles if none is given.
func (t *Trace) Count(base string, roles ...Role) uint64 {
	var n uint64
	for _, f := range t.Functions {
		if f.Base == base && (len(roles) == 0 || slices.Contains(roles, f.Role)) {
			n += f.Count
		}
	}
	return n
}

// Total is a function with the calls of its rows added up.
type Total struct {
	Name  string
	Base  string
	Count uint64
}

// Totals adds up the rows that keep admits by function, all of them if keep is
// nil, in bcc's order: by count, then by name.
func (t *Trace) Totals(keep func(Function) bool) []Total {
	index := make(map[string]int)
	var totals []Total
	for _, f := range t.Functions {
		if keep != nil && !keep(f) {
			continue
		}
		i, ok := index[f.Name]
		if !ok {
			i = len(totals)
			index[f.Name] = i
			totals = append(totals, Total{Name: f.Name, Base: f.Base})
		}
		totals[i].Count += f.Count
	}
	slices.SortFunc(totals, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.Count, b.Count), cmp.Compare(a.Name, b.Name))
	})
	return totals
}

// Subject returns the role that a trace is about: the client of a workload, a learner's
// program, the processes that were picked, or everybody.
func (t *Trace) Subject() Role {
	switch {
	case t.Target.Exercise != "":
		return t.Target.Role
	case t.Target.Workload != "":
		return Client
	case len(t.Target.Command) > 0 || t.Target.PID != 0:
		return Tracee
	}
	return Any
}

// A list that was not asked for is nil, in the file null. One that was asked for
// and stayed empty is an empty list: that nothing was sent is then a fact.

// HasFunctions tells whether functions were counted.
func (t *Trace) HasFunctions() bool { return t.Functions != nil && t.Backend.Name != kernel.Tracepoint }

// HasHooks tells whether the calls of the hooks were recorded.
func (t *Trace) HasHooks() bool { return t.Hooks != nil && t.Backend.Name != kernel.Tracepoint }

// HasStacks tells whether stacks were recorded.
func (t *Trace) HasStacks() bool { return t.Stacks != nil }

// HasPackets tells whether packets were recorded.
func (t *Trace) HasPackets() bool { return t.Packets != nil }

// HasSyscalls tells whether system calls were recorded.
func (t *Trace) HasSyscalls() bool { return t.Syscalls != nil }

// HasTimeline tells whether calls, softirqs and wake-ups were recorded with their times.
func (t *Trace) HasTimeline() bool { return t.Wakeups != nil }

// Counted returns the calls of all functions together. It equals
// [Honesty].Calls if no call was credited to a wrong function.
func (t *Trace) Counted() uint64 {
	var n uint64
	for _, f := range t.Functions {
		n += f.Count
	}
	return n
}

// Sent returns the TCP and UDP packets that a role sent, in order of time. What
// the kernel sends on its own account, such as ICMPv6 when a device comes up, is
// left out.
func (t *Trace) Sent(role Role) []Packet {
	var sent []Packet
	for _, p := range t.Packets {
		if p.Role == role && p.Direction == Out && (p.Protocol == TCP || p.Protocol == UDP) {
			sent = append(sent, p)
		}
	}
	slices.SortStableFunc(sent, func(a, b Packet) int { return cmp.Compare(a.Time, b.Time) })
	return sent
}

// SocketCalls returns the system calls of a role that make sockets or work on
// them, in order of time. It leaves out what the Go runtime does for itself, such
// as waiting for events, which differs from run to run.
func (t *Trace) SocketCalls(role Role) []Syscall {
	var all []Syscall
	for _, c := range t.Syscalls {
		if c.Role == role {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Syscall) int { return cmp.Compare(a.Time, b.Time) })
	if !t.KnowsSockets() {
		return followed(all)
	}
	return slices.DeleteFunc(all, func(c Syscall) bool {
		return c.Socket == 0 && !kernel.IsSyscall(c.Name, kernel.Makes|kernel.SocketOnly)
	})
}

// KnowsSockets tells whether the kernel was asked which socket each call was on. Older
// recordings lack it.
func (t *Trace) KnowsSockets() bool {
	return slices.ContainsFunc(t.Syscalls, func(c Syscall) bool { return c.Socket != 0 })
}

// followed finds the calls on sockets by following descriptors, from their making on.
func followed(all []Syscall) (calls []Syscall) {
	type descriptor struct{ pid, fd int }
	sockets := make(map[descriptor]bool)
	for _, c := range all {
		at := descriptor{c.PID, c.FD}
		if c.FD >= 0 && kernel.IsSyscall(c.Name, kernel.SocketOnly) && c.Errno != "ENOTSOCK" && c.Errno != "EBADF" {
			sockets[at] = true
		}
		made := kernel.IsSyscall(c.Name, kernel.Makes|kernel.SocketOnly)
		if made && c.Return >= 0 {
			sockets[descriptor{c.PID, int(c.Return)}] = true
		}
		if sockets[at] && c.Copies() {
			sockets[descriptor{c.PID, int(c.Return)}] = true
		}
		if sockets[at] || made {
			calls = append(calls, c)
		}
		if c.Name == "close" {
			delete(sockets, at)
		}
	}
	return calls
}
