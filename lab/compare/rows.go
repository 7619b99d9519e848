package compare

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// syscalls returns a row for each system call on a socket, those first that differ, and
// else in the order in which a, then b, first made it.
func syscalls(a, b *trace.Trace) []Row {
	var names []string
	for _, t := range []*trace.Trace{a, b} {
		for _, c := range t.SocketCalls(t.Subject()) {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	var rows []Row
	for _, name := range names {
		rows = append(rows, Row{Kind: Syscall, Name: name, A: syscallCell(a, name), B: syscallCell(b, name)})
	}
	slices.SortStableFunc(rows, func(x, y Row) int { return cmp.Compare(x.owner(), y.owner()) })
	return rows
}

func syscallCell(t *trace.Trace, name string) Cell {
	cell := Cell{Known: t.HasSyscalls()}
	for _, c := range t.SocketCalls(t.Subject()) {
		if c.Name == name {
			cell.Calls++
		}
	}
	return cell
}

// functions returns a row for each function that either subject ran, context by
// context. Compilers name one function differently from kernel to kernel, so
// functions meet by the name that the source has.
func functions(a, b *trace.Trace) []Row {
	var rows []Row
	for _, context := range contexts(a, b) {
		ofA, ofB := functionCells(a, context), functionCells(b, context)
		names := maps.Clone(ofA)
		maps.Copy(names, ofB)
		var part []Row
		for name := range names {
			row := Row{Kind: Function, Name: name, Context: context, A: ofA[name], B: ofB[name]}
			row.A.Known = row.A.Known || countable(a, name)
			row.B.Known = row.B.Known || countable(b, name)
			part = append(part, row)
		}
		slices.SortFunc(part, func(x, y Row) int {
			return cmp.Or(
				cmp.Compare(x.owner(), y.owner()),
				cmp.Compare(x.A.Calls+x.B.Calls, y.A.Calls+y.B.Calls),
				cmp.Compare(x.Name, y.Name))
		})
		rows = append(rows, part...)
	}
	return rows
}

// functionCells returns what the subject of t ran in a context, by base name.
func functionCells(t *trace.Trace, context trace.Context) map[string]Cell {
	cells := make(map[string]Cell)
	for _, f := range t.Functions {
		if f.Role != t.Subject() || f.Context != context || f.Count == 0 {
			continue
		}
		cell := cells[f.Base]
		cell.Known = true
		cell.Calls += f.Count
		if !slices.Contains(cell.Names, f.Name) {
			cell.Names = append(cell.Names, f.Name)
			slices.Sort(cell.Names)
		}
		cells[f.Base] = cell
	}
	return cells
}

// countable tells whether t would have counted the function if it had run.
// Tracepoints, which stand in for functions where there are no kprobes, have a
// colon in their names.
func countable(t *trace.Trace, name string) bool {
	if strings.Contains(name, ":") {
		return t.Backend.Name == kernel.Tracepoint
	}
	return t.HasFunctions() &&
		slices.ContainsFunc(t.Honesty.Patterns, func(p string) bool { return match(p, name) })
}

// owner orders rows by who has them: A alone, B alone, both but not alike, both alike.
func (r Row) owner() int {
	switch {
	case r.B.Calls == 0:
		return 0
	case r.A.Calls == 0:
		return 1
	case r.Differs():
		return 2
	}
	return 3
}
