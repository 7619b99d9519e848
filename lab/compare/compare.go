// Package compare sets two traces side by side: what the one did that the other
// did not, in system calls, in the kernel's functions and on the wire.
//
// A [Comparison] is data. Nothing in it is text for a screen, so that the same
// rows can be shown, saved as JSON or judged.
package compare

import (
	"slices"

	"dialpath/lab/trace"
)

// A Comparison is two traces, row by row, each from the side of its subject: the
// client of a workload, or the processes that were picked.
type Comparison struct {
	A         Side  `json:"a"`
	B         Side  `json:"b"`
	Summary   []Row `json:"summary"`   // the few rows that tell the story
	Syscalls  []Row `json:"syscalls"`  // system calls on sockets: what differs, then the rest
	Functions []Row `json:"functions"` // by context; in it, what only A ran, what only B ran, what both ran
	Folded    int   `json:"folded"`    // rows left out by [Comparison.Diff]
}

// A Side says what one of the columns is about.
type Side struct {
	Title    string        `json:"title"`    // e.g. net.Dial("tcp")
	Recorded bool          `json:"recorded"` // not now, but some time before; who compares knows
	Target   trace.Target  `json:"target"`
	Kernel   string        `json:"kernel"`
	Arch     string        `json:"arch"`
	Go       string        `json:"go"`
	Backend  trace.Backend `json:"backend"`
	Role     trace.Role    `json:"role"`
	Honesty  trace.Honesty `json:"honesty"`
}

// A Kind says what a row counts.
type Kind string

// The kinds of rows.
const (
	Syscall  Kind = "syscall"  // calls of one system call
	Hook     Kind = "hook"     // calls of the function that plays a part, as UDP connect
	Packets  Kind = "packets"  // TCP and UDP packets sent
	Pattern  Kind = "pattern"  // functions that match a glob, and their calls
	Function Kind = "function" // calls of one function, by its base name
)

// A Row is one thing counted on both sides.
type Row struct {
	Kind    Kind          `json:"kind"`
	Name    string        `json:"name"`              // of the system call, part, glob or function
	Context trace.Context `json:"context,omitempty"` // of patterns and functions
	A       Cell          `json:"a"`
	B       Cell          `json:"b"`
}

// A Cell is what one side has in a row.
type Cell struct {
	Known     bool     `json:"known"` // the trace can tell; if not, the rest is zero
	Calls     uint64   `json:"calls"` // or packets
	Functions int      `json:"functions,omitempty"`
	Names     []string `json:"names,omitempty"`   // functions that ran, as the kernel has them
	Packets   []string `json:"packets,omitempty"` // TCP flags, or UDP, in order of time
}

// Compare sets a and b side by side.
func Compare(a, b *trace.Trace) Comparison {
	return Comparison{
		A:         side(a),
		B:         side(b),
		Summary:   summary(a, b),
		Syscalls:  syscalls(a, b),
		Functions: functions(a, b),
	}
}

func side(t *trace.Trace) Side {
	return Side{
		Title: t.Target.Title(), Kernel: t.Kernel, Arch: t.Arch, Go: t.Go,
		Target: t.Target, Backend: t.Backend, Role: t.Subject(), Honesty: t.Honesty,
	}
}

// Diff returns the comparison without the rows in which both sides are alike.
func (c Comparison) Diff() Comparison {
	for _, rows := range []*[]Row{&c.Summary, &c.Syscalls, &c.Functions} {
		all := len(*rows)
		*rows = slices.DeleteFunc(slices.Clone(*rows), Row.alike)
		c.Folded += all - len(*rows)
	}
	return c
}

// alike tells whether both sides are known to be equal, or neither is known.
func (r Row) alike() bool { return r.A.Known == r.B.Known && !r.Differs() }

// Differs tells whether the two sides are known to differ.
func (r Row) Differs() bool {
	return r.A.Known && r.B.Known &&
		(r.A.Calls != r.B.Calls || r.A.Functions != r.B.Functions || !slices.Equal(r.A.Packets, r.B.Packets))
}
