package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/explain"
	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// The two columns of bcc's funccount are at least as wide as there.
var bccWidths = []int{36, 7}

// Count writes the functions that ran and how often, ascending, as bcc's
// funccount does. If they ran for more than one role, or in more than process
// context, further columns say how the count divides.
func Count(w io.Writer, t *trace.Trace, style Style) error {
	return count(w, t, style, false)
}

// CountExplained is [Count] with a line below each function that says what it does, if the
// lab knows it.
func CountExplained(w io.Writer, t *trace.Trace, style Style) error {
	return count(w, t, style, true)
}

func count(w io.Writer, t *trace.Trace, style Style, explained bool) error {
	p := begin(w, style)
	totals := t.Totals(nil)
	switch {
	case t.Functions == nil:
		p.absent("counts")
		return p.err
	case len(totals) == 0:
		p.line("None of the functions ran.")
		return p.err
	}
	shares := sharesOf(t)
	tab := table{left: 1}
	if len(shares) == 0 {
		tab.least = bccWidths
		tab.head("FUNC", "COUNT")
	} else {
		roles, heads := []string{"", ""}, []string{"FUNC", "COUNT"}
		for _, s := range shares {
			roles = append(roles, clean(string(s.role)))
			heads = append(heads, clean(string(s.context)))
		}
		tab.head(roles...)
		tab.head(heads...)
	}
	of := divide(t, shares)
	for _, f := range totals {
		cells := []string{clean(f.Name), fmt.Sprint(f.Count)}
		for i := range shares {
			cells = append(cells, number(of[f.Name][i]))
		}
		tab.add(cells...)
		if line := explain.Function(f.Name); explained && line != "" {
			tab.add("    " + line)
		}
	}
	tab.write(p)
	p.gap()
	p.line("%s, %s", plural(len(totals), "function"), plural(t.Counted(), "call"))
	if note := softirqNote(contextsOf(t), t.Subject() == trace.Client); note != "" {
		p.gap()
		p.paragraph("", note)
	}
	var names []string
	for _, f := range totals {
		names = append(names, f.Base)
	}
	for _, note := range familyNotes(names) {
		p.gap()
		p.paragraph("", note)
	}
	return p.err
}

// A share is the part of the counts that one role has in one context.
type share struct {
	role    trace.Role
	context trace.Context
}

// Shares that stand for several.
const (
	softirq trace.Context = "softirq" // all contexts but process
	others  trace.Role    = "others"  // all roles and contexts that have no share of their own
)

// maxShares is how many shares have room beside a name of usual length.
const maxShares = 5

// sharesOf returns the shares that t has, or none if there is but one, and that
// in process context. Where there are too many for a line, the softirqs of a role
// become one.
func sharesOf(t *trace.Trace) []share {
	all := distinct(t, func(c trace.Context) trace.Context { return c })
	if len(all) > maxShares {
		all = distinct(t, func(c trace.Context) trace.Context {
			if c != trace.Process {
				return softirq
			}
			return c
		})
	}
	if len(all) > maxShares {
		all = append(all[:maxShares-1], share{role: others})
	}
	if len(all) == 1 && all[0].context == trace.Process {
		return nil
	}
	return all
}

// distinct returns the shares of t in order, with contexts put through as.
func distinct(t *trace.Trace, as func(trace.Context) trace.Context) []share {
	var all []share
	for _, f := range t.Functions {
		s := share{f.Role, as(f.Context)}
		if f.Count > 0 && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b share) int {
		return cmp.Or(cmp.Compare(roleRank(a.role), roleRank(b.role)), cmp.Compare(a.role, b.role),
			compareContexts(a.context, b.context))
	})
	return all
}

// has tells whether the calls of f belong to the share.
func (s share) has(f trace.Function) bool {
	return s.role == others ||
		s.role == f.Role && (s.context == f.Context || s.context == softirq && f.Context != trace.Process)
}

// divide returns the counts of each function by share.
func divide(t *trace.Trace, shares []share) map[string][]uint64 {
	of := make(map[string][]uint64)
	for _, f := range t.Functions {
		if of[f.Name] == nil {
			of[f.Name] = make([]uint64, len(shares))
		}
		for i, s := range shares {
			if s.has(f) {
				of[f.Name][i] += f.Count
				break
			}
		}
	}
	return of
}

func roleRank(r trace.Role) int {
	order := []trace.Role{trace.Client, trace.Server, trace.Tracee, trace.Any}
	if i := slices.Index(order, r); i >= 0 {
		return i
	}
	return len(order)
}

// compareContexts puts process context first and the others by name.
func compareContexts(a, b trace.Context) int {
	switch {
	case a == b:
		return 0
	case a == trace.Process:
		return -1
	case b == trace.Process:
		return 1
	}
	return cmp.Compare(a, b)
}

func contextsOf(t *trace.Trace) []trace.Context {
	var all []trace.Context
	for _, f := range t.Functions {
		if f.Count > 0 && !slices.Contains(all, f.Context) {
			all = append(all, f.Context)
		}
	}
	slices.SortFunc(all, compareContexts)
	return all
}

// softirqs says what the kernel does in a softirq, in a few words.
var softirqs = map[trace.Context]string{
	kernel.Hi:      "urgent work put off",
	trace.Timer:    "timers that ran out",
	trace.NetTX:    "packets that leave",
	trace.NetRX:    "packets that arrived",
	kernel.Block:   "disks that are done",
	kernel.IRQPoll: "disks that are asked",
	kernel.Tasklet: "work put off",
	kernel.Sched:   "scheduling",
	kernel.HRTimer: "precise timers that ran out",
	kernel.RCU:     "memory to be freed",
}

// softirqNote explains the contexts other than process, or returns "" if there
// are none. Both ends of a workload are on this machine, and it says what comes of
// that.
func softirqNote(contexts []trace.Context, bothEnds bool) string {
	var names []string
	for _, c := range contexts {
		if c == trace.Process {
			continue
		}
		name := clean(string(c))
		if what := softirqs[c]; what != "" {
			name += " (" + what + ")"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	are := " are softirqs"
	if len(names) == 1 {
		are = " is a softirq"
	}
	note := enumerate(names) + are + ": the kernel's own work, done on whichever thread was running."
	if bothEnds && slices.Contains(contexts, trace.NetRX) {
		note += " Both ends are on this machine, so the server's receiving is counted on the client's thread, too."
	}
	return note
}

// familyNotes explains functions that nobody expects who asked Go for UDP or TCP.
func familyNotes(names []string) []string {
	begins := func(prefixes ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		})
	}
	var notes []string
	if begins("mptcp_") {
		notes = append(notes, "mptcp_* is Multipath TCP. Go's listeners offer it since Go 1.24, and get plain TCP if the client does not ask for it; "+
			"GODEBUG=multipathtcp=0 turns it off.")
	}
	if begins("udpv6_", "tcp_v6_", "ip6_", "inet6_") {
		notes = append(notes, `Functions of IPv6 run for IPv4, too, if the socket is one of both: Go opens such a one for "udp" or "tcp" and an address without a host, as ":1337". `+
			`"udp4" and "tcp4" do not.`)
	}
	return notes
}

// number shows a count, and nothing as a dot.
func number(n uint64) string {
	if n == 0 {
		return nothing
	}
	return fmt.Sprint(n)
}
