package tour

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// A Mark is a verdict in one word.
type Mark string

// The marks.
const (
	Holds   Mark = "holds"    // as the article says
	Changed Mark = "changed"  // it holds, by functions that have other names now
	NotSeen Mark = "not seen" // it was looked for in vain, or nobody could look
)

// A Verdict is what the traces say to a claim.
type Verdict struct {
	Mark    Mark            `json:"mark"`
	Blind   bool            `json:"blind,omitempty"`   // not seen because the recording could not show it
	Brief   string          `json:"brief"`             // the same in a few words, that fit into [BriefWidth] columns
	Notes   []string        `json:"notes"`             // what was measured; if not seen, why
	Changes []kernel.Rename `json:"changes,omitempty"` // names that differ from the article's
	Stacks  []Proof         `json:"stacks,omitempty"`  // on which the verdict rests
}

// A Proof is a stack on which a verdict rests.
type Proof struct {
	trace.Stack
	Shows string `json:"shows"` // what it says to the claim
}

// BriefWidth is what a line of 80 columns has left beside a claim's number, mark and title.
// Only names that are longer than any that is known may take more.
const BriefWidth = 46

// Refuted tells whether the traces could have shown what the claim says, and did
// not.
func (v Verdict) Refuted() bool { return v.Mark == NotSeen && !v.Blind }

// Judge judges a claim by recordings, found by the name of their workload.
func Judge(c Claim, recordings map[string]*trace.Trace) Verdict {
	for _, r := range c.Recordings {
		t := recordings[r.Workload]
		if t == nil {
			return blind("there is no recording of " + r.Workload)
		}
		if what := missing(r.Needs, t); what != "" {
			return blind(fmt.Sprintf("the recording of %s has no %s", r.Workload, what)).
				brief("no %s were recorded of %s", what, r.Workload)
		}
	}
	v := c.judge(recordings)
	if !v.Refuted() {
		return v
	}
	for _, r := range c.Recordings {
		t := recordings[r.Workload]
		if lost, any := losses(t, v.Notes...); any {
			return lost
		}
		if n := t.Honesty.Missed; n > 0 {
			return blind(append(v.Notes, fmt.Sprintf("the kernel missed %s while %s ran, so what is missing proves nothing: run it again",
				plural(n, "hit"), r.Workload))...).brief("the kernel missed %s: run it again", plural(n, "hit"))
		}
	}
	return v
}

// A Result is a claim and what became of it.
type Result struct {
	Claim   Claim             `json:"claim"`
	Verdict Verdict           `json:"verdict"`
	Sources map[string]string `json:"sources,omitempty"` // Go source of the workloads, by name, if it is to be shown
}

// missing says what of the needs is not in t, if anything. Functions are left to
// the predicates: without kprobes some claims can still be judged.
func missing(n Needs, t *trace.Trace) string {
	switch {
	case n.Syscalls && !t.HasSyscalls():
		return "system calls"
	case n.Packets && !t.HasPackets():
		return "packets"
	case len(n.Stacks) > 0 && !t.HasStacks():
		return "stacks"
	}
	return ""
}

func held(notes ...string) Verdict    { return verdict(Holds, false, notes) }
func refuted(notes ...string) Verdict { return verdict(NotSeen, false, notes) }
func blind(notes ...string) Verdict   { return verdict(NotSeen, true, notes) }

// verdict is one whose last note says all, as long as nothing briefer is said.
func verdict(mark Mark, blind bool, notes []string) Verdict {
	return Verdict{Mark: mark, Blind: blind, Brief: notes[len(notes)-1], Notes: notes}
}

// brief says a verdict in a few words.
func (v Verdict) brief(format string, args ...any) Verdict {
	v.Brief = fmt.Sprintf(format, args...)
	return v
}

// by adds a stack that proves a verdict, with what it shows, and what has changed in it.
func (v Verdict) by(s trace.Stack, shows string) Verdict {
	v.Stacks = append(v.Stacks, Proof{s, shows})
	names := []string{s.Function}
	for _, f := range s.Frames {
		names = append(names, f.Name)
	}
	for _, c := range changes(names) {
		if !slices.Contains(v.Changes, c) {
			v.Changes = append(v.Changes, c)
		}
	}
	if v.Mark == Holds && len(v.Changes) > 0 {
		v.Mark = Changed
	}
	return v
}

// unseen is the verdict when no stack of t shows a part where it is looked for:
// refuted, unless nothing could be seen of it, because functions cannot be probed
// here or this one could not. Where is as "in connect(2)".
func unseen(t *trace.Trace, part, where, note string) Verdict {
	if !t.HasFunctions() {
		return blind(note, limits(t)).brief("%s", limitsBriefly(t))
	}
	for _, f := range t.Honesty.Failed {
		for _, name := range f.Functions {
			if plays(name, part) {
				return blind(note, fmt.Sprintf("%s has no probe: %s", name, f.Reason)).brief("%s has no probe here", name)
			}
		}
	}
	return refuted(note).brief("%s %s: 0 of %s", part, where, plural(len(t.Stacks), "stack"))
}

// limits says what the backend of t cannot see.
func limits(t *trace.Trace) string {
	return fmt.Sprintf("the %s backend does not see %s",
		cmp.Or(t.Backend.Name, "unknown"), cmp.Or(t.Honesty.Unseen, "functions, nor how often they run"))
}

// limitsBriefly is limits in a few words.
func limitsBriefly(t *trace.Trace) string {
	return fmt.Sprintf("the %s backend sees too little", cmp.Or(t.Backend.Name, "unknown"))
}

// losses is the verdict if events of t were lost. What was not seen may be among them,
// and so may what must not be there.
func losses(t *trace.Trace, notes ...string) (v Verdict, lost bool) {
	n := plural(t.Honesty.Lost, "event")
	return blind(append(notes, fmt.Sprintf("%s of %s did not reach the lab, so what is missing proves nothing: run it again",
		n, t.Target.Workload))...).brief("lost %s of %s: run it again", n, t.Target.Workload), t.Honesty.Lost > 0
}

// inside returns a stack of t's client in which a function that plays part runs
// within one that plays outer; the earliest in process context if there is one.
func inside(t *trace.Trace, part, outer string) (trace.Stack, bool) {
	return insideOf(t, trace.Client, part, outer)
}

// insideOf is inside for the client or the server.
func insideOf(t *trace.Trace, who trace.Role, part, outer string) (trace.Stack, bool) {
	var found []trace.Stack
	for _, s := range t.Stacks {
		inner := frameOf(s, part)
		if s.Role != who || inner < 0 {
			continue
		}
		if slices.ContainsFunc(s.Frames[inner:], func(f trace.Frame) bool { return ofKernel(f) && plays(f.Name, outer) }) {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return trace.Stack{}, false
	}
	return slices.MinFunc(found, func(a, b trace.Stack) int {
		return cmp.Or(compareBool(a.Context != trace.Process, b.Context != trace.Process), cmp.Compare(a.First, b.First))
	}), true
}

// frameOf returns the frame of the innermost function that plays a part, or -1.
// Some backends leave the probed function itself out of its stacks: the first
// frame then stands for it.
func frameOf(s trace.Stack, part string) int {
	i := slices.IndexFunc(s.Frames, func(f trace.Frame) bool { return ofKernel(f) && plays(f.Name, part) })
	if i < 0 && plays(s.Function, part) {
		return 0
	}
	return i
}

// player returns the name of the function that plays a part in a stack.
func player(s trace.Stack, part string) string {
	if i := frameOf(s, part); i >= 0 && i < len(s.Frames) && plays(s.Frames[i].Name, part) {
		return s.Frames[i].Name
	}
	return s.Function
}

func ofKernel(f trace.Frame) bool { return f.Kind != trace.User }

// ranInside is the verdict by a stack on which a part's player ran inside a system call
// that a function of Go's made.
func ranInside(s trace.Stack, part, call, from string) Verdict {
	note := fmt.Sprintf("%s ran inside %s, inside %s", player(s, part), call, from)
	return held(note).brief("%s in %s, by %s", player(s, part), call, unqualified(from)).by(s, note)
}

// unqualified is the name of a method alone, as ReadFrom; functions are left as they are.
func unqualified(function string) string {
	if i := strings.LastIndex(function, ")."); i >= 0 {
		return function[i+len(")."):]
	}
	return function
}

// calledFrom tells whether a stack goes through a Go function of that name.
func calledFrom(s trace.Stack, function string) bool {
	return slices.ContainsFunc(s.Frames, func(f trace.Frame) bool { return !ofKernel(f) && f.Name == function })
}

// goFunctions returns the names of the program's functions on a stack, leaf first.
func goFunctions(s trace.Stack) []string {
	var names []string
	for _, f := range s.Frames {
		if !ofKernel(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func plural[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func join(words []string) string { return strings.Join(words, ", ") }
