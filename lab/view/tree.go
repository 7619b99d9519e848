package view

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// Tree writes what one step of a program ran in the kernel: the functions that were
// hit, as a tree merged from their stacks, callers above callees. First comes what the
// program itself asked for, by system call; then what softirqs did on its thread; then
// the packets that left.
//
// Unless all is set, branches of a large tree are folded, and what is there by chance is
// left out: that the runtime's poller asks its sockets whether they are ready, the
// kernel's timers, and what the other side did meanwhile.
func Tree(w io.Writer, t *trace.Trace, all bool, style Style) error {
	p := &printer{w: w, style: style}
	if t.Stacks == nil {
		p.absent("stacks")
		return p.err
	}
	own, others := ofSubject(t, all)
	p.line("%s", style.paint(bold, summary(t, own)))
	p.in(2, func() {
		p.groups(byContext(own), all)
		if len(others) > 0 {
			p.line("meanwhile the %s %s %s", clean(string(others[0].Role)), happened(t), plural(functionsHit(others), probeNoun(t)))
		}
		p.left(t)
		p.shortfall(t.Honesty)
		if t.Backend.Name == kernel.Tracepoint && t.Honesty.Unseen != "" {
			p.paragraph("", "not seen: "+clean(t.Honesty.Unseen))
		}
	})
	return p.err
}

// Ran tells whether the tree has any function.
func Ran(t *trace.Trace, all bool) bool {
	own, _ := ofSubject(t, all)
	return len(own) > 0
}

// ofSubject parts the stacks of whom the trace is about from the others'.
func ofSubject(t *trace.Trace, all bool) (own, others []trace.Stack) {
	for _, s := range t.Stacks {
		switch {
		case !all && (s.Role != t.Subject() || byChance(s)):
		case s.Role == t.Subject():
			own = append(own, s)
		default:
			others = append(others, s)
		}
	}
	return own, others
}

// byChance tells whether a stack depends on when the step was made, not on what it does.
func byChance(s trace.Stack) bool {
	switch s.Context {
	case trace.Process:
		call := routeOf(s).call
		return call == "epoll_pwait(2)" || call == "epoll_wait(2)"
	case trace.NetRX, trace.NetTX:
		return false
	}
	return true
}

func summary(t *trace.Trace, stacks []trace.Stack) string {
	watched := fmt.Sprintf("%d %ss", t.Honesty.Attached, probeNoun(t))
	if len(stacks) == 0 {
		if t.Backend.Name == kernel.Tracepoint {
			return fmt.Sprintf("kernel: this step reached none of the %s watched", watched)
		}
		return fmt.Sprintf("kernel: this step ran none of the %s watched", watched)
	}
	var calls uint64
	for _, s := range stacks {
		calls += s.Count
	}
	noun := "call"
	if t.Backend.Name == kernel.Tracepoint {
		noun = "hit"
	}
	return fmt.Sprintf("kernel: %s, %s, of the %s watched", plural(functionsHit(stacks), probeNoun(t)), plural(calls, noun), watched)
}

// happened says what becomes of functions, and of tracepoints.
func happened(t *trace.Trace) string {
	if t.Backend.Name == kernel.Tracepoint {
		return "reached"
	}
	return "ran"
}

func functionsHit(stacks []trace.Stack) int {
	names := make(map[string]bool)
	for _, s := range stacks {
		names[s.Function] = true
	}
	return len(names)
}

// byContext groups stacks: process context first, then softirqs in the order in which
// they were first seen.
func byContext(stacks []trace.Stack) [][]trace.Stack {
	stacks = slices.Clone(stacks)
	slices.SortStableFunc(stacks, func(a, b trace.Stack) int { return cmp.Compare(a.First, b.First) })
	var groups [][]trace.Stack
	for _, s := range stacks {
		i := slices.IndexFunc(groups, func(g []trace.Stack) bool { return g[0].Context == s.Context })
		if i < 0 {
			i = len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	if i := slices.IndexFunc(groups, func(g []trace.Stack) bool { return g[0].Context == trace.Process }); i > 0 {
		groups = slices.Concat(groups[i:i+1], groups[:i], groups[i+1:])
	}
	return groups
}

// How many lines trees may have: what a screen holds beside a debugger's listing. What the
// program did is what the reader asks for, so softirqs get less.
const (
	processLines = 48
	softirqLines = 16
)

// groups writes a tree for each context.
func (p *printer) groups(groups [][]trace.Stack, all bool) {
	folded := false
	for _, group := range groups {
		columns, room := 0, processLines
		if group[0].Context != trace.Process {
			p.line("%s:", occupant(group[0]))
			columns, room = 2, softirqLines
		}
		if all {
			room = math.MaxInt
		}
		trees := grow(group)
		folded = unfold(trees, room) || folded
		p.in(columns, func() { p.branches(trees) })
	}
	if folded {
		note := "+N: N functions more below, folded away"
		if p.style.Unfold != "" {
			note += "; " + p.style.Unfold + " shows them"
		}
		p.line("%s", note)
	}
}

// occupant says what a softirq did there.
func occupant(s trace.Stack) string {
	text := "in " + clean(string(s.Context))
	if what := softirqs[s.Context]; what != "" {
		text += " (" + what + ")"
	}
	switch text += ", a softirq"; s.Role {
	case trace.Any:
		return text
	case trace.Tracee:
		return text + " on the process's thread"
	}
	return text + " on the " + clean(string(s.Role)) + "'s thread"
}

// left writes the packets that left in the step.
func (p *printer) left(t *trace.Trace) {
	if t.Packets == nil {
		return
	}
	sent := t.Sent(t.Subject())
	if len(sent) == 0 {
		p.line("packets: none left")
		return
	}
	p.line("packets that left:")
	p.in(2, func() { writePackets(p, sent) })
}
