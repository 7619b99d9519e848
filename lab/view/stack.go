package view

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"dialpath/lab/kernel"
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
	case len(stacks) == 0 && t.Backend.Name == kernel.Tracepoint:
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
	writeThread(p, s, head)
	p.in(framesAt, func() {
		frames := table{left: 2, least: []int{36}, most: positionWidth}
		from, to := fold(s, p.style)
		for i, f := range s.Frames {
			switch {
			case i == from && to > from:
				frames.add(fmt.Sprintf("… %d functions of Go's library: %s shows them", to-from, p.style.Stacks))
			case i < from || i >= to:
				frames.add(frameName(f), position(f))
			}
		}
		if len(s.Frames) == 0 {
			frames.add("(the stack was not kept)")
		}
		frames.write(p)
		p.line("%s", occasion(s))
	})
}

// writeThread writes whose stack it is, and of which function.
func writeThread(p *printer, s trace.Stack, head bool) {
	tab := table{left: 4, least: []int{6, 6, 14}}
	if head {
		tab.head("PID", "TID", "COMM", "FUNC")
	}
	tab.add(fmt.Sprint(s.PID), fmt.Sprint(s.TID), clean(s.Comm), clean(s.Function))
	tab.write(p)
}

// fold returns which frames of a stack to leave out, if that is wanted: those between the
// system call and the program's own functions. Go's way through its library is long, and
// much the same each time.
func fold(s trace.Stack, style Style) (from, to int) {
	const few = 4
	from = slices.IndexFunc(s.Frames, func(f trace.Frame) bool { return f.Kind == trace.User })
	to = slices.IndexFunc(s.Frames, func(f trace.Frame) bool { return strings.HasPrefix(f.Name, "main.") }) - 1 // but for the call itself
	if style.Stacks == "" || to-from < few {
		return 0, 0
	}
	return from, to
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

// frameName names a function as Go's tracebacks and Delve do. One that the compiler put
// into its caller, the next line, is marked.
func frameName(f trace.Frame) string {
	switch {
	case f.Kind == trace.User && strings.HasPrefix(f.Name, "0x"):
		return "[unknown]"
	case f.Inlined:
		return clean(f.Name) + " (inlined)"
	}
	return clean(f.Name)
}

// positionWidth is how wide a position may be: what 80 columns leave beside the name of
// Go's longest function on the way to the kernel, internal/runtime/syscall/linux.Syscall6.
const positionWidth = 31

// position says where a frame is: in the kernel, at a line of a program, or at an
// address of which nothing is known. Of a long path the end is shown.
func position(f trace.Frame) string {
	switch {
	case f.Kind == trace.User && strings.HasPrefix(f.Name, "0x"):
		return clean(f.Name)
	case f.File == "":
		return clean(string(f.Kind))
	}
	dir, base := path.Split(f.File)
	if f.Line > 0 {
		base = fmt.Sprintf("%s:%d", base, f.Line)
	}
	if long := path.Join(path.Base(dir), base); dir != "" && width(clean(long)) <= positionWidth {
		return clean(long)
	}
	return clean(base)
}
