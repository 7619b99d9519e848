package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/compare"
	"dialpath/lab/trace"
)

// TestCompareFacts: each row with both cells, what differs in how it was recorded, and
// how far either side can be trusted.
func TestCompareFacts(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"6.12:dial-tcp", "6.12:dialudp"}, {"6.1:dialudp", "6.18:dialudp"}, {"6.12:echo-udp", "6.12:echo-tcp"},
		{"6.12:dial-udp", "6.12:dialudp", "--diff"}, {"6.1:echo-tcp", "6.12:echo-tcp", "--diff"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			args := append([]string{"compare", "-r"}, args...)
			text, c := said(t, args...), asJSON[compare.Comparison](t, args...)
			if !c.A.Recorded || !c.B.Recorded {
				t.Error("the JSON does not say that these are recordings")
			}
			have := []string{words(c.A.Title + " " + c.B.Title)}
			if c.A.Kernel != c.B.Kernel {
				have = append(have, words("kernel "+c.A.Kernel+" "+c.B.Kernel))
			}
			if c.A.Backend.Name != c.B.Backend.Name {
				have = append(have, words("probes "+string(c.A.Backend.Name)+" "+string(c.B.Backend.Name)))
			}
			for _, r := range c.Summary {
				have = append(have, rowLine(r))
			}
			if len(c.Syscalls) > 0 {
				have = append(have, "SYSCALL")
			}
			for _, r := range c.Syscalls {
				have = append(have, rowLine(r))
			}
			var in trace.Context
			for _, r := range c.Functions {
				if r.Context != in {
					in = r.Context
					have = append(have, "FUNC in "+string(in))
				}
				have = append(have, rowLine(r))
			}
			if c.Folded > 0 {
				have = append(have, fmt.Sprintf("%d rows left out, alike on both sides", c.Folded))
			}
			heads := header(c.A.Kernel, c.A.Arch, c.A.Go, c.A.Backend, c.A.Honesty)
			trusted := trust(c.A.Backend, c.A.Honesty)
			if c.A.Kernel != c.B.Kernel {
				heads += " " + header(c.B.Kernel, c.B.Arch, c.B.Go, c.B.Backend, c.B.Honesty)
				of := func(s compare.Side) string {
					return s.Title + " on Linux " + s.Kernel + ": " + trust(s.Backend, s.Honesty)
				}
				trusted = of(c.A) + " " + of(c.B)
			}
			got := words(text)
			if want := words(heads + " " + strings.Join(have, " ")); !strings.HasPrefix(got, want) {
				t.Errorf("the text is not what the JSON says (-text +JSON):\n%s", cmp.Diff(strings.Split(text, "\n"), have))
			}
			if !strings.HasSuffix(got, words(trusted)) {
				t.Errorf("the text does not end in %s", trusted)
			}
		})
	}
}

// rowLine is a row of a comparison as its line has it.
func rowLine(r compare.Row) string {
	name := r.Name
	switch r.Kind {
	case compare.Syscall:
		name += "(2)"
	case compare.Hook:
		var names []string
		for _, n := range slices.Concat(r.A.Names, r.B.Names) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		name = strings.Join(names, ", ")
	case compare.Packets:
		name = "packets sent"
	case compare.Pattern:
		name = fmt.Sprintf("%s in %s (calls)", name, r.Context)
	}
	cell := func(c compare.Cell) string {
		switch {
		case !c.Known:
			return "?"
		case r.Kind == compare.Packets:
			return packetsOf(c.Packets)
		case c.Calls == 0:
			return "·"
		case r.Kind == compare.Pattern:
			return fmt.Sprintf("%d (%d)", c.Functions, c.Calls)
		}
		return fmt.Sprint(c.Calls)
	}
	return words(name + " " + cell(r.A) + " " + cell(r.B))
}

// packetsOf is a list of packets as a cell has it: one by one if there is room.
func packetsOf(packets []string) string {
	list := strings.Join(packets, ", ")
	switch {
	case list == "":
		return "none"
	case len(list) <= 26:
		return list
	}
	return fmt.Sprintf("TCP ×%d", len(packets))
}
