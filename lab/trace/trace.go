// Package trace holds the model of what was seen: which kernel functions ran,
// how often, on whose behalf and in which context, and how far the numbers can
// be trusted.
//
// A Trace is plain data. All that is done with it afterwards (comparing,
// explaining, showing) is pure: it needs no root, no kernel and no clock, so a
// recorded trace replays anywhere. See [Read] and [Write] for the file.
//
// What is data has a type, and nobody has to take a text apart to judge. A field that is
// meant for people, to be shown and nothing else, has the tag for:"people"; a test holds
// that no judge looks into one.
package trace

import (
	"net/netip"
	"time"

	"dialpath/lab/kernel"
)

// Version is the version of the trace file that this program writes. It reads version 1,
// too.
const Version = 2

// A Trace is one recording: one window in time, with all that was seen in it. A
// list that is nil was not asked for; an empty one was, and there was nothing.
type Trace struct {
	Version   int        `json:"version"`
	Lab       string     `json:"lab,omitempty"` // version of the lab that recorded it; older ones did not say
	Kernel    string     `json:"kernel"`        // release, as uname -r prints it
	Arch      string     `json:"arch"`          // GOARCH of the lab: amd64
	Go        string     `json:"go"`            // version of the Go that built the workloads
	Target    Target     `json:"target"`
	Backend   Backend    `json:"backend"`
	Window    Window     `json:"window"`
	Functions []Function `json:"functions"`
	Hooks     []Hook     `json:"hooks"`
	Stacks    []Stack    `json:"stacks"`
	Packets   []Packet   `json:"packets"`
	Syscalls  []Syscall  `json:"syscalls"`
	Entries   []Entry    `json:"entries"`
	Softirqs  []Softirq  `json:"softirqs"`
	Wakeups   []Wakeup   `json:"wakeups"`
	// GoFunctions are functions of the traced program's own; few traces have any.
	GoFunctions []GoFunction `json:"goFunctions,omitempty"`
	Honesty     Honesty      `json:"honesty"`
}

// Backend says how the probes were attached, and why that way.
type Backend struct {
	Name kernel.Backend `json:"name"`             // kprobe.multi, kprobe, fentry or tracepoint
	Why  string         `json:"why" for:"people"` // one line, e.g. what the better ones failed with
}

// A Window is the time between the opening and the closing of the gate, in
// nanoseconds of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns. Nothing
// outside the window is in the trace.
type Window struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

// Length returns the length of the window.
func (w Window) Length() time.Duration { return time.Duration(w.End - w.Start) }

// A Role says whose thread was on the CPU. In a softirq it only lent its thread:
// see [Context].
type Role string

// The roles. Workloads have a client and a server; with -p PID or -- COMMAND
// the traced processes are tracees; without either everybody is any.
const (
	Client Role = "client"
	Server Role = "server"
	Tracee Role = "tracee"
	Any    Role = "any"
)

// A Context says what the CPU was doing: running a process, that is one of its
// system calls, or a softirq that borrowed the process's thread. The softirqs
// have the kernel's own names (include/linux/interrupt.h): NET_RX, TIMER, …
//
// Only softirqs are told apart. A hard interrupt counts as what it interrupted.
// Softirq work that ksoftirqd or threaded NAPI does runs in the kernel's own
// threads, which have no role, and so is not in a trace of chosen processes.
type Context string

// The contexts that claims speak of. There is one for each softirq vector.
const (
	Process Context = kernel.Process
	NetRX   Context = kernel.NetRX
	NetTX   Context = kernel.NetTX
	Timer   Context = kernel.Timer
)

// A Function is the count of one kernel function for one role in one context.
// The counts of a function in all its rows add up to its calls in the window.
type Function struct {
	Name    string  `json:"name"` // as the kernel has it: tcp_options_write.isra.0
	Base    string  `json:"base"` // as the source has it: tcp_options_write
	Role    Role    `json:"role"`
	Context Context `json:"context"`
	Count   uint64  `json:"count"`
}

// A Hook is one call of one of the functions that the article is about,
// with its arguments. Return is the kernel's own: an error is a negated errno.
type Hook struct {
	Hook     string        `json:"hook"`     // part that the function plays, e.g. "UDP connect"
	Function string        `json:"function"` // function that plays it on this kernel
	Time     int64         `json:"time"`     // at entry, ns of CLOCK_MONOTONIC
	Duration time.Duration `json:"duration"` // ns; 0 if it had not returned when the window closed
	Thread
	Role     Role                `json:"role"`
	Context  Context             `json:"context"`
	Family   kernel.Family       `json:"family"`         // of the socket: inet, inet6
	Local    netip.AddrPort      `json:"local,omitzero"` // this end
	Peer     netip.AddrPort      `json:"peer,omitzero"`  // the other end
	Length   int                 `json:"length"`         // bytes of payload
	Flags    kernel.MessageFlags `json:"flags"`          // MSG_* flags of the call
	Returned bool                `json:"returned"`       // the call ended inside the window
	Return   int64               `json:"return"`         // bytes, 0, or a negated errno
}

// A Thread is who ran, as seen from the lab's own PID namespace.
type Thread struct {
	PID  int    `json:"pid"`
	TID  int    `json:"tid"`
	Comm string `json:"comm"` // at most 15 bytes, as the kernel keeps it
}

// A Stack is one way in which a function was reached, and how often.
type Stack struct {
	Function string `json:"function"`
	Thread
	Role    Role    `json:"role"`
	Context Context `json:"context"`
	Count   uint64  `json:"count"`
	First   int64   `json:"first"`  // when it was first seen, ns of CLOCK_MONOTONIC
	Frames  []Frame `json:"frames"` // leaf first
}

// A Frame is one line of a stack.
type Frame struct {
	Name   string    `json:"name"`             // function, or an address in hex if nothing is known of it
	Offset uint64    `json:"offset,omitempty"` // bytes from the function's start
	Kind   FrameKind `json:"kind"`             // [Kernel] or [User]
	File   string    `json:"file,omitempty"`   // source position of user frames, if it is known
	Line   int       `json:"line,omitempty"`   // line that is being executed, or that the call returns to
	// Inlined tells that the compiler put the function into the one below: it has no
	// frame of its own on the stack, and no address.
	Inlined bool `json:"inlined,omitempty"`
}

// A FrameKind says whose function a frame is of.
type FrameKind string

// The kinds of frames. On a joined stack those of the program are below the kernel's.
const (
	Kernel FrameKind = "kernel"
	User   FrameKind = "user"
)

// An Entry is the beginning of one call of a function, where each was wanted with its
// time. There are as many as the counts of [Function] say.
type Entry struct {
	Time     int64  `json:"time"` // ns of CLOCK_MONOTONIC
	Function string `json:"function"`
	Thread
	Role    Role    `json:"role"`
	Context Context `json:"context"`
}

// A Softirq is one run of a softirq on top of a traced thread.
type Softirq struct {
	Time     int64         `json:"time"`     // of its beginning
	Duration time.Duration `json:"duration"` // ns
	Thread                 // that it interrupted
	Role     Role          `json:"role"`
	Context  Context       `json:"context"` // which softirq
}

// A Wakeup is the moment when a thread that waited is made ready to run. How long it then
// waits for a CPU is another matter.
type Wakeup struct {
	Time      int64   `json:"time"`
	Thread            // that is woken
	Role      Role    `json:"role"`
	Waker     Thread  `json:"waker"`               // whose thread was on the CPU
	WakerRole Role    `json:"wakerRole,omitempty"` // "" if it is not traced
	Context   Context `json:"context"`             // what the CPU was doing
}

// Honesty says how far the rest can be trusted.
type Honesty struct {
	Patterns    []string      `json:"patterns"`                       // what was asked for
	Matched     int           `json:"matched"`                        // functions that matched
	Attached    int           `json:"attached"`                       // functions that really have a probe
	Failed      []Failure     `json:"failed"`                         // the rest, grouped by reason
	Attach      time.Duration `json:"attach"`                         // ns that attaching took
	Calls       uint64        `json:"calls"`                          // calls counted, kept apart from the counts by function
	Lost        uint64        `json:"lost"`                           // events and stacks seen but not kept: no room
	Missed      uint64        `json:"missed"`                         // probe hits that the kernel could not deliver
	MissedKnown bool          `json:"missedKnown"`                    // this kernel counts missed hits: 6.7 and later do, for kprobes
	Unseen      string        `json:"unseen,omitempty" for:"people"`  // what this backend cannot see, one line
	Unnamed     []string      `json:"unnamed,omitempty" for:"people"` // what cannot be known of the programs' frames, a line for each program
}

// A Failure is why some functions have no probe.
type Failure struct {
	Reason    string   `json:"reason" for:"people"`
	Functions []string `json:"functions"`
}
