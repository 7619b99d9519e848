package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"dialpath/lab/trace"
)

// Hooks writes the calls of the article's four functions with their arguments, in
// order of time: milliseconds since the recording began, who, the function, the
// other end, bytes, and what it returned.
func Hooks(w io.Writer, t *trace.Trace, style Style) error {
	p := begin(w, style)
	hooks := slices.Clone(t.Hooks)
	slices.SortStableFunc(hooks, func(a, b trace.Hook) int { return cmp.Compare(a.Time, b.Time) })
	switch {
	case t.Hooks == nil:
		p.absent("calls of the four functions")
		return p.err
	case len(hooks) == 0:
		p.line("None of the four functions was called.")
		return p.err
	}
	tab := table{left: 4}
	tab.head("      MS", "COMM", "FUNC", "PEER", "BYTES", "RETURN")
	for _, h := range hooks {
		tab.add(fmt.Sprintf("%8.3f", float64(h.Time-t.Window.Start)/1e6), clip(clean(h.Comm), 15), clip(clean(h.Function), 20),
			clip(cmp.Or(clean(h.Peer), nothing), 22), fmt.Sprint(h.Length), returned(h))
	}
	tab.write(p)
	return p.err
}

func returned(h trace.Hook) string {
	switch {
	case !h.Returned:
		return "not yet"
	case h.Return < 0 && errnos[-h.Return] != "":
		return errnos[-h.Return]
	}
	return fmt.Sprint(h.Return)
}

// errnos are the errors that the network hands out, by their numbers on Linux,
// the same on amd64 and arm64. A trace may be read on another system.
var errnos = map[int64]string{
	1: "EPERM", 4: "EINTR", 11: "EAGAIN", 12: "ENOMEM", 13: "EACCES", 14: "EFAULT", 22: "EINVAL", 32: "EPIPE",
	89: "EDESTADDRREQ", 90: "EMSGSIZE", 97: "EAFNOSUPPORT", 98: "EADDRINUSE", 99: "EADDRNOTAVAIL",
	100: "ENETDOWN", 101: "ENETUNREACH", 104: "ECONNRESET", 105: "ENOBUFS", 106: "EISCONN", 107: "ENOTCONN",
	110: "ETIMEDOUT", 111: "ECONNREFUSED", 113: "EHOSTUNREACH", 114: "EALREADY", 115: "EINPROGRESS",
	512: "ERESTARTSYS",
}
