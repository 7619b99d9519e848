package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
)

// TestCountFacts: each function's calls, by role and context, and their sums.
func TestCountFacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, reference string) {
		text, all := said(t, "count", "-r", reference), asJSON[trace.Trace](t, "count", "-r", reference)
		framed(t, text, &all)
		type row struct {
			function, role, context string
			calls                   uint64
		}
		var shown, have []row
		parts := sections(text)
		lines := strings.Split(parts[1], "\n")
		roles, heads := strings.Fields(lines[0]), strings.Fields(lines[1])[2:] // below FUNC COUNT
		var name string
		total := make(map[string]uint64)
		for _, line := range lines[2:] {
			cells := strings.Fields(line)
			if len(cells) == 1 { // a long name has its own line
				name = cells[0]
				continue
			}
			if !strings.HasPrefix(line, " ") {
				name, cells = cells[0], cells[1:]
			}
			total[name], _ = strconv.ParseUint(cells[0], 10, 64)
			for i, cell := range cells[1:] {
				if n, err := strconv.ParseUint(cell, 10, 64); err == nil {
					shown = append(shown, row{name, roles[i], heads[i], n})
				}
			}
		}
		sum := make(map[string]uint64)
		for _, f := range all.Functions {
			sum[f.Name] += f.Count
		}
		same(t, "totals", total, sum)
		// Where there are too many contexts for a line, softirqs are shown together.
		together := slices.Contains(heads, "softirq")
		merged := make(map[row]uint64)
		for _, f := range all.Functions {
			r := row{function: f.Name, role: string(f.Role), context: string(f.Context)}
			if together && f.Context != trace.Process {
				r.context = "softirq"
			}
			merged[r] += f.Count
		}
		for r, n := range merged {
			r.calls = n
			have = append(have, r)
		}
		order := func(a, b row) int {
			return strings.Compare(a.function+a.role+a.context, b.function+b.role+b.context)
		}
		slices.SortFunc(shown, order)
		slices.SortFunc(have, order)
		if diff := cmp.Diff(shown, have, cmp.AllowUnexported(row{})); diff != "" {
			t.Errorf("rows (-text +JSON):\n%s", diff)
		}
		same(t, "sum", parts[2], fmt.Sprintf("%d functions, %d calls", len(sum), all.Counted()))
	})
}

// TestStackFacts: who, each frame with its place, how often, and in which context.
func TestStackFacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, reference string) {
		text, all := said(t, "stack", "-r", reference), asJSON[trace.Trace](t, "stack", "-r", reference)
		framed(t, text, &all)
		var shown, have []string
		parts := sections(text)
		for _, part := range parts[1 : len(parts)-1] {
			part = strings.TrimPrefix(part, strings.Split(part, "\n")[0]+"\n")
			if len(shown) > 0 {
				part = sections(text)[1+len(shown)] // only the first has a heading
			}
			shown = append(shown, words(part))
		}
		for _, s := range all.Stacks {
			lines := []string{fmt.Sprint(s.PID, " ", s.TID, " ", s.Comm, " ", s.Function)}
			for _, f := range s.Frames {
				lines = append(lines, frameLine(f))
			}
			times := fmt.Sprintf("%d times", s.Count)
			if s.Count == 1 {
				times = "1 time"
			}
			if s.Context == trace.Process {
				lines = append(lines, fmt.Sprintf("%s, by the %s, in process context", times, s.Role))
			} else {
				lines = append(lines, fmt.Sprintf("%s, on the %s's thread, in %s", times, s.Role, s.Context))
			}
			have = append(have, strings.Join(lines, " "))
		}
		if len(have) == 0 {
			have = []string{"None of the functions ran."}
			shown = []string{words(parts[1])}
		}
		slices.Sort(shown)
		slices.Sort(have)
		same(t, "stacks", shown, have)
	})
}

// frameLine is a frame as its line has it. Of the source's path the end is shown, as much
// as there is room for.
func frameLine(f trace.Frame) string {
	name := f.Name
	if f.Inlined {
		name += " (inlined)"
	}
	if f.File == "" {
		return name + " " + string(f.Kind)
	}
	path := strings.Split(f.File, "/")
	at := fmt.Sprintf("%s:%d", path[len(path)-1], f.Line)
	if long := path[max(0, len(path)-2)] + "/" + at; len(path) > 1 && len(long) <= 31 {
		at = long
	}
	return name + " " + at
}

// TestPacketFacts: each packet's time, device, direction, protocol, addresses, and flags
// or length.
func TestPacketFacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, reference string) {
		text, all := said(t, "packets", "-r", reference), asJSON[trace.Trace](t, "packets", "-r", reference)
		framed(t, text, &all)
		var have []string
		for _, p := range all.Packets {
			in, out := "", p.Device
			if p.Direction == trace.In {
				in, out = out, in
			}
			what := p.Flags.String()
			if p.Protocol != "TCP" {
				what = fmt.Sprintf("LEN=%d", p.Length)
			}
			host := func(address netip.AddrPort) string { return address.Addr().String() }
			have = append(have, words(fmt.Sprintf("%s [%5d.%06d] [%s] IN=%s OUT=%s SRC=%s DST=%s %s", p.Role, p.Time/1e9, p.Time%1e9/1e3,
				p.Protocol, in, out, host(p.Source), host(p.Dest), what)))
		}
		if len(have) == 0 {
			have = []string{"No packets."}
		}
		var shown []string
		for line := range strings.Lines(sections(text)[1]) {
			shown = append(shown, words(line))
		}
		same(t, "packets", shown, have)
	})
}
