package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/compare"
	"dialpath/lab/trace"
)

// Compare writes two traces side by side: the summary, the system calls on
// sockets, then each function that either side ran.
func Compare(w io.Writer, c compare.Comparison, style Style) error {
	p := begin(w, style)
	tab := sides("", c)
	versions(tab, c)
	rows(tab, c.Summary)
	if len(c.Syscalls) > 0 {
		tab.gap()
		tab.head("SYSCALL", "", "")
		rows(tab, c.Syscalls)
	}
	var context trace.Context
	for i, r := range c.Functions {
		if i == 0 || r.Context != context {
			context = r.Context
			tab.gap()
			tab.head(functionHead(context), "", "")
		}
		rows(tab, c.Functions[i:i+1])
	}
	tab.write(p)
	if c.Folded > 0 {
		p.gap()
		p.line("%s left out, alike on both sides", plural(c.Folded, "row"))
	}
	footnotes(p, c)
	return p.err
}

// sides returns a table with the titles of the two sides as its heading.
func sides(name string, c compare.Comparison) *table {
	tab := &table{left: 1, least: []int{24, 20, 20}}
	tab.head(name, clean(c.A.Title), clean(c.B.Title))
	return tab
}

// versions adds rows for what the recordings differ in besides what was run.
func versions(tab *table, c compare.Comparison) {
	if c.A.Kernel != c.B.Kernel {
		tab.add("kernel", clean(c.A.Kernel), clean(c.B.Kernel))
	}
	if c.A.Go != c.B.Go {
		tab.add("Go", strings.TrimPrefix(clean(c.A.Go), "go"), strings.TrimPrefix(clean(c.B.Go), "go"))
	}
	if c.A.Arch != c.B.Arch {
		tab.add("architecture", clean(c.A.Arch), clean(c.B.Arch))
	}
	if c.A.Backend.Name != c.B.Backend.Name {
		tab.add("probes", clean(string(c.A.Backend.Name)), clean(string(c.B.Backend.Name)))
	}
	if c.A.Role != c.B.Role {
		tab.add("role", clean(string(c.A.Role)), clean(string(c.B.Role)))
	}
}

func functionHead(context trace.Context) string { return "FUNC in " + clean(string(context)) }

func rows(tab *table, rows []compare.Row) {
	for _, r := range rows {
		tab.add(label(r), cell(r.Kind, r.A), cell(r.Kind, r.B))
	}
}

// label names a row as the reader knows it: hooks by the function that ran.
func label(r compare.Row) string {
	name := clean(r.Name)
	switch r.Kind {
	case compare.Syscall:
		return name + "(2)"
	case compare.Hook:
		var names []string
		for _, n := range slices.Concat(r.A.Names, r.B.Names) {
			if n = clean(n); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		return cmp.Or(strings.Join(names, ", "), name)
	case compare.Packets:
		return "packets sent"
	case compare.Pattern:
		return fmt.Sprintf("%s in %s (calls)", name, clean(string(r.Context)))
	}
	return name
}

func cell(kind compare.Kind, c compare.Cell) string {
	switch {
	case !c.Known:
		return unknown
	case kind == compare.Packets:
		return packetList(c.Packets)
	case kind == compare.Pattern && c.Calls > 0:
		return fmt.Sprintf("%d (%d)", c.Functions, c.Calls)
	}
	return number(c.Calls)
}

// packetList shows packets one by one while that fits a column, else equal ones
// together, else by protocol.
func packetList(packets []string) string {
	if len(packets) == 0 {
		return "none"
	}
	var runs []string
	for i := 0; i < len(packets); {
		n := 1
		for i+n < len(packets) && packets[i+n] == packets[i] {
			n++
		}
		runs = append(runs, times(packets[i], n))
		i += n
	}
	for _, list := range [][]string{packets, runs} {
		if text := clean(strings.Join(list, ", ")); width(text) <= widest {
			return text
		}
	}
	udp := 0
	for _, p := range packets {
		if p == "UDP" {
			udp++
		}
	}
	var totals []string
	if tcp := len(packets) - udp; tcp > 0 {
		totals = append(totals, times("TCP", tcp))
	}
	if udp > 0 {
		totals = append(totals, times("UDP", udp))
	}
	return strings.Join(totals, ", ")
}

func times(what string, n int) string {
	if n == 1 {
		return what
	}
	return fmt.Sprintf("%s ×%d", what, n)
}

// footnotes explains what in the table needs it.
func footnotes(p *printer, c compare.Comparison) {
	var contexts []trace.Context
	blind := false
	for _, r := range slices.Concat(c.Summary, c.Syscalls, c.Functions) {
		if r.Context != "" && !slices.Contains(contexts, r.Context) {
			contexts = append(contexts, r.Context)
		}
		blind = blind || !r.A.Known || !r.B.Known
	}
	note := softirqNote(contexts, c.A.Role == trace.Client || c.B.Role == trace.Client)
	if note != "" || blind {
		p.gap()
	}
	p.paragraph("", note)
	var names []string
	for _, r := range c.Functions {
		names = append(names, r.Name)
	}
	for _, note := range familyNotes(names) {
		p.gap()
		p.paragraph("", note)
	}
	if blind {
		p.line("%s means that this recording cannot tell.", unknown)
	}
}
