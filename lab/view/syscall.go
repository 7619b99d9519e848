package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// Syscalls writes the system calls in order of time, as strace does. If there are
// calls of more than one role, each line begins with its role.
func Syscalls(w io.Writer, t *trace.Trace, style Style) error {
	p := begin(w, style)
	calls := slices.Clone(t.Syscalls)
	slices.SortStableFunc(calls, func(a, b trace.Syscall) int { return cmp.Compare(a.Time, b.Time) })
	switch {
	case t.Syscalls == nil:
		p.absent("system calls")
	case len(calls) == 0:
		p.line("No network system calls.")
	}
	roles := slices.ContainsFunc(calls, func(c trace.Syscall) bool { return c.Role != calls[0].Role })
	for _, c := range calls {
		lead := ""
		if roles {
			lead = fmt.Sprintf("%-7s", clip(clean(string(c.Role)), 6))
		}
		for i, line := range wrap(syscallText(c), Width-width(lead)) {
			if i == 1 {
				lead = strings.Repeat(" ", width(lead))
			}
			p.line("%s%s", lead, line)
		}
	}
	return p.err
}

func syscallText(c trace.Syscall) string { return callText(c, arguments(c)) }

// callText is a call with the words for its arguments.
func callText(c trace.Syscall, args []string) string {
	if c.FD >= 0 {
		args = append([]string{fmt.Sprint(c.FD)}, args...)
	}
	text := fmt.Sprintf("%s(%s) = ", clean(c.Name), strings.Join(args, ", "))
	if c.Unfinished {
		return text + "?"
	}
	text += fmt.Sprint(c.Return)
	if c.Errno != "" {
		text += " " + clean(c.Errno)
	}
	return text
}
