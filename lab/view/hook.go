package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// Hooks writes the calls of the article's functions with their arguments, in
// order of time: milliseconds since the recording began, who, the function, the
// other end, bytes, and what it returned.
func Hooks(w io.Writer, t *trace.Trace, style Style) error {
	p := begin(w, style)
	hooks := slices.Clone(t.Hooks)
	slices.SortStableFunc(hooks, func(a, b trace.Hook) int { return cmp.Compare(a.Time, b.Time) })
	switch {
	case t.Hooks == nil:
		p.absent("calls of the article's functions")
		return p.err
	case len(hooks) == 0:
		p.line("None of the article's functions was called.")
		return p.err
	}
	tab := table{left: 4}
	tab.head("      MS", "COMM", "FUNC", "PEER", "BYTES", "RETURN")
	for _, h := range hooks {
		tab.add(fmt.Sprintf("%8.3f", float64(h.Time-t.Window.Start)/1e6), clip(clean(h.Comm), 15), clip(clean(h.Function), 20),
			clip(cmp.Or(clean(address(h.Peer)), nothing), 22), fmt.Sprint(h.Length), returned(h))
	}
	tab.write(p)
	return p.err
}

func returned(h trace.Hook) string {
	switch {
	case !h.Returned:
		return "not yet"
	case h.Return < 0 && kernel.Errno(-h.Return) != "":
		return kernel.Errno(-h.Return)
	}
	return fmt.Sprint(h.Return)
}
