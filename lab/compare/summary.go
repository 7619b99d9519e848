package compare

import (
	"path"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// summary returns the rows that tell two workloads apart at a glance. Hooks that
// neither side ran have no row, if both could have told.
func summary(a, b *trace.Trace) []Row {
	rows := []Row{{Kind: Syscall, Name: "connect", A: syscallCell(a, "connect"), B: syscallCell(b, "connect")}}
	for _, part := range kernel.Hooks() {
		row := Row{Kind: Hook, Name: part.Name, A: hookCell(a, part), B: hookCell(b, part)}
		if row.A.Calls+row.B.Calls > 0 || unprobed(a, part) || unprobed(b, part) {
			rows = append(rows, row)
		}
	}
	rows = append(rows, Row{Kind: Packets, Name: "sent", A: packetCell(a), B: packetCell(b)})
	return append(rows, patternRows(a, b)...)
}

// patternRows returns a row for each glob that either trace was recorded with:
// first what ran in process context, on the subject's own behalf; then, context
// by context, what the kernel did on the same threads for somebody else.
func patternRows(a, b *trace.Trace) []Row {
	var rows []Row
	for _, glob := range globs(a, b) {
		for i, context := range contexts(a, b) {
			row := Row{Kind: Pattern, Name: glob, Context: context,
				A: patternCell(a, glob, context), B: patternCell(b, glob, context)}
			if i == 0 || row.A.Calls+row.B.Calls > 0 {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// globs returns the patterns with which a and b were recorded, without those that
// name one function only.
func globs(traces ...*trace.Trace) []string {
	var all []string
	for _, t := range traces {
		for _, p := range t.Honesty.Patterns {
			if strings.ContainsAny(p, "*?[") && !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// contexts returns the contexts in which the subjects of the traces ran anything:
// process first, even if nothing ran in it, the others by name.
func contexts(traces ...*trace.Trace) []trace.Context {
	var others []trace.Context
	for _, t := range traces {
		for _, f := range t.Functions {
			if f.Role == t.Subject() && f.Context != trace.Process && !slices.Contains(others, f.Context) {
				others = append(others, f.Context)
			}
		}
	}
	slices.Sort(others)
	return append([]trace.Context{trace.Process}, others...)
}

func patternCell(t *trace.Trace, glob string, context trace.Context) Cell {
	if !t.HasFunctions() || !slices.Contains(t.Honesty.Patterns, glob) {
		return Cell{}
	}
	totals := t.Totals(func(f trace.Function) bool {
		return f.Role == t.Subject() && f.Context == context && (match(glob, f.Name) || match(glob, f.Base))
	})
	cell := Cell{Known: true, Functions: len(totals)}
	for _, f := range totals {
		cell.Calls += f.Count
	}
	return cell
}

// match is path.Match for patterns that were good enough to record with.
func match(glob, name string) bool {
	ok, err := path.Match(glob, name)
	return ok && err == nil
}

func hookCell(t *trace.Trace, part kernel.Part) Cell {
	cell := Cell{Known: t.HasHooks()}
	if !cell.Known {
		return cell
	}
	for _, h := range t.Hooks {
		if h.Hook != part.Name || h.Role != t.Subject() {
			continue
		}
		cell.Calls++
		if !slices.Contains(cell.Names, h.Function) {
			cell.Names = append(cell.Names, h.Function)
		}
	}
	slices.Sort(cell.Names)
	cell.Known = cell.Calls > 0 || !unprobed(t, part)
	return cell
}

// unprobed tells whether a function that plays a part has no probe in t, so that
// its calls could not be seen.
func unprobed(t *trace.Trace, part kernel.Part) bool {
	return slices.ContainsFunc(t.Honesty.Failed, func(f trace.Failure) bool {
		return slices.ContainsFunc(f.Functions, func(name string) bool {
			return kernel.Plays(name, part.Name)
		})
	})
}

func packetCell(t *trace.Trace) Cell {
	cell := Cell{Known: t.HasPackets()}
	for _, p := range t.Sent(t.Subject()) {
		label := string(p.Protocol)
		if p.Protocol == trace.TCP {
			label = p.Flags.String()
		}
		cell.Calls++
		cell.Packets = append(cell.Packets, label)
	}
	return cell
}
