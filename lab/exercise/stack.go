package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// The kernel functions by which a stack shows the calls of the article, whichever the kernel
// has.
var (
	udpConnect = kernel.Shows(kernel.UDPConnect)
	tcpConnect = kernel.Shows(kernel.TCPConnect)
	udpSend    = kernel.Shows(kernel.UDPSend)
	udpReceive = kernel.Shows(kernel.UDPReceive)
)

// stack returns the earliest stack in process context on which the learner's program ran
// one of the functions, or nil.
func (e Evidence) stack(functions ...string) *trace.Stack {
	var first *trace.Stack
	for i, s := range e.Stacks {
		if s.Role != e.you || s.Context != trace.Process || first != nil && first.First <= s.First {
			continue
		}
		if slices.ContainsFunc(functions, func(name string) bool { return passes(s, name) }) {
			first = &e.Stacks[i]
		}
	}
	return first
}

// mine tells whether a stack is the learner's, in process context, and goes through one of
// the functions.
func (e Evidence) mine(s trace.Stack, functions []string) bool {
	return s.Role == e.you && s.Context == trace.Process &&
		slices.ContainsFunc(functions, func(name string) bool { return passes(s, name) })
}

// during returns the stack on which one of the functions ran in the course of a system
// call, or nil. Of stacks that are the same only the first has its time.
func (e Evidence) during(c trace.Syscall, functions ...string) *trace.Stack {
	for i, s := range e.Stacks {
		within := s.TID == c.TID && c.Time <= s.First && s.First <= c.Time+int64(c.Duration)
		if within && e.mine(s, functions) {
			return &e.Stacks[i]
		}
	}
	return nil
}

// passes tells whether a stack is of a kernel function, or goes through it.
func passes(s trace.Stack, function string) bool {
	if kernel.Base(s.Function) == function {
		return true
	}
	return slices.ContainsFunc(s.Frames, func(f trace.Frame) bool { return f.Kind != trace.User && kernel.Base(f.Name) == function })
}

// callers returns the names of the Go functions on a stack, leaf first.
func callers(s trace.Stack) []string {
	var names []string
	for _, f := range s.Frames {
		if f.Kind == trace.User {
			names = append(names, f.Name)
		}
	}
	return names
}
