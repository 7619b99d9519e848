package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// treeLines is how long a tree may be, unless all of it is asked for: what a screen
// holds beside a debugger's listing.
const treeLines = 40

// Tree writes what one step of a program ran in the kernel: the functions that were
// hit, as a tree merged from their stacks, callers above callees. First comes what the
// program itself asked for, by system call; then what softirqs did on its thread; then
// the packets that left.
//
// Unless all is set, a long tree is cut, and what is there by chance is left out: that the
// runtime's poller asks its sockets whether they are ready, and the kernel's timers.
func Tree(w io.Writer, t *trace.Trace, all bool, style Style) error {
	p := &printer{w: w, style: style}
	stacks, others := ofSubject(t)
	if !all {
		stacks = slices.DeleteFunc(stacks, byChance)
	}
	p.line("%s", style.paint(bold, summary(t, stacks)))
	p.in(2, func() {
		for _, group := range byContext(stacks) {
			p.forest(t, group, all)
		}
		if len(others) > 0 && all {
			p.line("meanwhile the %s ran %s", clean(string(others[0].Role)), plural(functionsHit(others), probeNoun(t)))
		}
		p.left(t)
	})
	return p.err
}

// ofSubject parts the stacks of whom the trace is about from the others'.
func ofSubject(t *trace.Trace) (own, others []trace.Stack) {
	for _, s := range t.Stacks {
		if s.Role == t.Subject() {
			own = append(own, s)
		} else {
			others = append(others, s)
		}
	}
	return own, others
}

// byChance tells whether a stack depends on when the step was made, not on what it does.
func byChance(s trace.Stack) bool {
	switch s.Context {
	case trace.Process:
		call := route(s)[0]
		return call == "epoll_pwait(2)" || call == "epoll_wait(2)"
	case trace.NetRX, trace.NetTX:
		return false
	}
	return true
}

func summary(t *trace.Trace, stacks []trace.Stack) string {
	var calls uint64
	for _, s := range stacks {
		calls += s.Count
	}
	watched := fmt.Sprintf("%d %ss", t.Honesty.Attached, probeNoun(t))
	if calls == 0 {
		return fmt.Sprintf("kernel: none of the %s watched ran", watched)
	}
	return fmt.Sprintf("kernel: %s, %s, of the %s watched", plural(functionsHit(stacks), probeNoun(t)), plural(calls, "call"), watched)
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
	groups := [][]trace.Stack{nil}
	for _, s := range stacks {
		if s.Context == trace.Process {
			groups[0] = append(groups[0], s)
			continue
		}
		i := slices.IndexFunc(groups, func(g []trace.Stack) bool { return len(g) > 0 && g[0].Context == s.Context })
		if i < 0 {
			i = len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	if groups[0] == nil {
		groups = groups[1:]
	}
	return groups
}

// A node is a function of the tree, reached in one way.
type node struct {
	name     string
	hits     uint64 // 0 for one that was only on the way
	children []*node
}

// child returns the child of that name, and makes it if there is none.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	c := &node{name: name}
	n.children = append(n.children, c)
	return c
}

// forest writes the trees of one context.
func (p *printer) forest(t *trace.Trace, stacks []trace.Stack, all bool) {
	var root node
	for _, s := range stacks {
		at := &root
		for _, name := range route(s) {
			at = at.child(name)
		}
		at.hits += s.Count
	}
	if c := stacks[0].Context; c != trace.Process {
		p.line("in %s, a softirq on the %s's thread%s:", clean(string(c)), clean(string(stacks[0].Role)), meaning(c))
		p.indent += 2
		defer func() { p.indent -= 2 }()
	}
	var lines []treeLine
	for _, c := range root.children {
		lines = c.lines(lines, 0)
	}
	shown := lines
	if !all && len(lines) > treeLines {
		shown = lines[:treeLines]
	}
	for _, line := range shown {
		p.in(2*min(line.depth, deepest), func() { p.paragraph("", line.text) })
	}
	if more := len(lines) - len(shown); more > 0 {
		p.line("... and %d lines more", more)
	}
}

// meaning says what a softirq is for.
func meaning(c trace.Context) string {
	if c == trace.NetRX {
		return ", taking in what came"
	}
	return ""
}

// route returns the functions of a stack from the system call, or the softirq's own
// function, down to the one that was hit. What comes before is the same for all.
func route(s trace.Stack) []string {
	var names []string
	for _, f := range slices.Backward(s.Frames) {
		if f.Kind != trace.Kernel {
			continue
		}
		switch {
		case isEntry(f.Name):
			names = nil
		case strings.HasPrefix(f.Name, "__x64_sys_"), strings.HasPrefix(f.Name, "__arm64_sys_"):
			_, call, _ := strings.Cut(f.Name, "_sys_")
			names = []string{call + "(2)"}
		case len(names) == 0 && strings.HasPrefix(f.Name, "ksys_"): // its caller ended in a jump to it
			names = []string{strings.TrimPrefix(f.Name, "ksys_") + "(2)"}
		default:
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 || names[len(names)-1] != s.Function {
		names = append(names, s.Function) // a tracepoint is no function, and has no frame
	}
	return names
}

// isEntry tells whether a function only leads to a system call or into a softirq.
func isEntry(name string) bool {
	for _, prefix := range []string{
		"entry_SYSCALL_64", "do_syscall_64", "x64_sys_call", // amd64
		"el0t_64_sync", "el0_svc", "do_el0_svc", "invoke_syscall", // arm64
		"__do_softirq", "handle_softirqs", // the latter since 6.8
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// A treeLine is one line of a tree, or what goes on one if it is long.
type treeLine struct {
	depth int
	text  string
}

// deepest is where the indentation of trees ends, for want of room.
const deepest = 20

// lines adds the lines of a tree. Functions that were only on the way, and led to one
// other alone, stand on its line.
func (n *node) lines(to []treeLine, depth int) []treeLine {
	text := clean(n.name)
	for n.hits == 0 && len(n.children) == 1 {
		n = n.children[0]
		text += " → " + clean(n.name)
	}
	if n.hits > 0 {
		text += fmt.Sprintf(" ×%d", n.hits)
	}
	to = append(to, treeLine{depth, text})
	for _, c := range n.children {
		to = c.lines(to, depth+1)
	}
	return to
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
