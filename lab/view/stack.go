package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"dialpath/lab/trace"
)

// Stacks writes stacks as bcc's trace and stackcount do: who, then the frames,
// leaf first. The rarest come first; among equals, the earliest.
func Stacks(w io.Writer, t *trace.Trace, style Style) error {
	p := begin(w, style)
	stacks := slices.Clone(t.Stacks)
	slices.SortStableFunc(stacks, func(a, b trace.Stack) int {
		return cmp.Or(cmp.Compare(a.Count, b.Count), cmp.Compare(a.First, b.First), cmp.Compare(a.Function, b.Function))
	})
	switch {
	case t.Stacks == nil:
		p.absent("stacks")
	case len(stacks) == 0 && t.Backend.Name == "tracepoint":
		p.line("None of the tracepoints was reached through the functions.")
	case len(stacks) == 0:
		p.line("None of the functions ran.")
	}
	writeStacks(p, stacks)
	return p.err
}

func writeStacks(p *printer, stacks []trace.Stack) {
	for i, s := range stacks {
		if i > 0 {
			p.gap()
		}
		writeStack(p, s, i == 0)
	}
}

// framesAt is where the frames of a stack begin, as in the article.
const framesAt = 8

func writeStack(p *printer, s trace.Stack, head bool) {
	tab := table{left: 4, least: []int{6, 6, 14}}
	if head {
		tab.head("PID", "TID", "COMM", "FUNC")
	}
	tab.add(fmt.Sprint(s.PID), fmt.Sprint(s.TID), clean(s.Comm), clean(s.Function))
	tab.write(p)
	p.in(framesAt, func() {
		frames := table{left: 2, least: []int{36}}
		for _, f := range s.Frames {
			frames.add(clean(f.Name), source(f))
		}
		if len(s.Frames) == 0 {
			frames.add("(the stack was not kept)")
		}
		frames.write(p)
		p.line("%s", occasion(s))
	})
}

// occasion says how often a stack was seen, whose thread it was, and in which
// context: in a softirq, the thread was only lent.
func occasion(s trace.Stack) string {
	times, who := plural(s.Count, "time"), clean(string(s.Role))
	switch {
	case s.Context == trace.Process && s.Role == trace.Any:
		return times + ", in process context"
	case s.Context == trace.Process:
		return fmt.Sprintf("%s, by the %s, in process context", times, who)
	case s.Role == trace.Any:
		return fmt.Sprintf("%s, in %s", times, clean(string(s.Context)))
	}
	return fmt.Sprintf("%s, on the %s's thread, in %s", times, who, clean(string(s.Context)))
}

// source says where a frame is: the kernel, or the line of a program.
func source(f trace.Frame) string {
	switch {
	case f.File != "" && f.Line > 0:
		return fmt.Sprintf("%s:%d", clean(f.File), f.Line)
	case f.File != "":
		return clean(f.File)
	}
	return clean(f.Kind)
}
