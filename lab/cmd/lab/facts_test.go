package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/compare"
	"dialpath/lab/doctor"
	"dialpath/lab/explain"
	"dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// The tests of this file hold that a verb's JSON has the facts that its text has: they
// read both, and compare what they have read.

// said runs a verb in this process, which must succeed, and returns what it writes.
func said(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := environment{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, lab: "lab"}
	if status := run(t.Context(), env, args); status != statusDone {
		t.Fatalf("lab %s: status %d: %s", strings.Join(args, " "), status, stderr.String())
	}
	return stdout.String()
}

// asJSON is said with --json, decoded. Nothing in it may be unknown to into.
func asJSON[T any](t *testing.T, args ...string) T {
	t.Helper()
	var into T
	strict := json.NewDecoder(strings.NewReader(said(t, slices.Insert(slices.Clone(args), 1, "--json")...)))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&into); err != nil {
		t.Fatalf("lab %s --json: %v", strings.Join(args, " "), err)
	}
	return into
}

// words returns text without regard to where its lines were broken.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// same fails if what was read of the text is not what the JSON says.
func same[T any](t *testing.T, what string, text, fromJSON T) {
	t.Helper()
	if diff := cmp.Diff(text, fromJSON); diff != "" {
		t.Errorf("%s (-text +JSON):\n%s", what, diff)
	}
}

// each runs a test on every recording of one kernel, as KERNEL:WORKLOAD.
func each(t *testing.T, test func(t *testing.T, reference string)) {
	for _, w := range workload.All() {
		t.Run(w.Name, func(t *testing.T) { test(t, "6.12:"+w.Name) })
	}
}

// sections parts text at its empty lines.
func sections(text string) []string {
	return strings.Split(strings.TrimRight(text, "\n"), "\n\n")
}

// framed compares the first and the last section of a view, which every view of one
// recording has: what was recorded with, and how far it can be trusted.
func framed(t *testing.T, text string, of *trace.Trace) {
	t.Helper()
	parts := sections(text)
	same(t, "header", words(parts[0]), words(header(of.Kernel, of.Arch, of.Go, of.Backend, of.Honesty)))
	same(t, "honesty", words(parts[len(parts)-1]), trust(of.Backend, of.Honesty))
}

func header(kernel, arch, goVersion string, b trace.Backend, h trace.Honesty) string {
	return fmt.Sprintf("dialpath · recorded on Linux %s %s · Go %s %s: %d of %d functions in %s",
		kernel, arch, strings.TrimPrefix(goVersion, "go"), b.Name, h.Attached, h.Matched, attachTime(h))
}

// attachTime is the time that attaching took, in the precision of the text.
func attachTime(h trace.Honesty) string {
	if h.Attach.Seconds() < 1 {
		return fmt.Sprintf("%.0f ms", float64(h.Attach.Microseconds())/1e3)
	}
	return fmt.Sprintf("%.1f s", h.Attach.Seconds())
}

func trust(b trace.Backend, h trace.Honesty) string {
	text := fmt.Sprintf("attached %d of %d functions by %s (%s)", h.Attached, h.Matched, b.Name, b.Why)
	if !h.MissedKnown {
		text += " missed hits: unknown, this kernel does not count them (6.7 does)"
	}
	return text
}

// TestCountFacts: each function's calls, by role and context, and their sums.
func TestCountFacts(t *testing.T) {
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

// TestTimelineFacts: all that a whole timeline shows, by kind, in order of time.
func TestTimelineFacts(t *testing.T) {
	line := regexp.MustCompile(`(?m)^ *([0-9.]+) +(?:\+[0-9.]+ +)?(client|server|other) +(.*)$`)
	each(t, func(t *testing.T, reference string) {
		text, all := said(t, "timeline", "-r", reference, "--all"), asJSON[trace.Trace](t, "timeline", "-r", reference, "--all")
		framed(t, text, &all)
		shown, have := make(map[string][]string), make(map[string][]string)
		add := func(to map[string][]string, kind string, fact ...any) {
			to[kind] = append(to[kind], strings.TrimSpace(fmt.Sprintln(fact...)))
		}
		start := firstMoment(all)
		clock := func(time int64) string { return fmt.Sprintf("%.1f", float64(time-start)/1e3) }
		names := make(map[string]bool)
		for _, e := range all.Entries {
			names[e.Function] = true
			add(have, "functions", clock(e.Time), e.Role, e.Function)
		}
		calls := make(map[string]bool)
		for _, c := range all.Syscalls {
			calls[c.Name] = true
			add(have, "calls", clock(c.Time), c.Role, c.Name)
		}
		for _, p := range all.Packets {
			add(have, "packets", clock(p.Time), p.Role, p.Device, p.Protocol, p.Flags, p.Length)
		}
		for _, s := range all.Softirqs {
			add(have, "softirqs", clock(s.Time), s.Role, s.Context)
			add(have, "ends of softirqs", clock(s.Time+int64(s.Duration)), s.Role, s.Context, fmt.Sprintf("%.0f", float64(s.Duration)/1e3))
		}
		for _, w := range all.Wakeups {
			waker := string(w.WakerRole)
			if waker == "" {
				waker = "other"
			}
			add(have, "wake-ups", clock(w.Time), waker, w.Role, w.TID)
		}
		for _, m := range line.FindAllStringSubmatch(text, -1) {
			at, who, what := m[1], m[2], m[3]
			var a, b, c string
			var n int
			name, _, isCall := strings.Cut(what, "(")
			switch {
			case names[what]:
				add(shown, "functions", at, who, what)
			case isCall && calls[name]:
				add(shown, "calls", at, who, name)
			case scan(what, "softirq %s ends, after %d µs", &a, &n):
				add(shown, "ends of softirqs", at, who, a, n)
			case scan(what, "softirq %s", &a):
				add(shown, "softirqs", at, who, a)
			case strings.Contains(what, "leaves by ") || strings.Contains(what, "arrives on "):
				place, rest, _ := strings.Cut(strings.Fields(what)[3]+" "+strings.Join(strings.Fields(what)[4:], " "), ": ")
				b, c, _ = strings.Cut(rest, ", ")
				protocol, flags, _ := strings.Cut(b, " ")
				add(shown, "packets", at, who, place, protocol, flags, strings.TrimSuffix(c, " bytes"))
			case strings.Contains(what, "wakes the "):
				_, rest, _ := strings.Cut(what, "wakes the ")
				role, tid, _ := strings.Cut(rest, "'s thread ")
				add(shown, "wake-ups", at, who, role, tid)
			case strings.Contains(what, " returns "): // its beginning is what is compared
			default:
				t.Errorf("what is this: %s", m[0])
			}
		}
		for _, kinds := range []map[string][]string{shown, have} {
			for kind := range kinds {
				slices.Sort(kinds[kind])
			}
		}
		same(t, "moments", shown, have)
	})
}

// scan reads one of the forms of a line.
func scan(text, form string, into ...any) bool {
	n, err := fmt.Sscanf(text, form, into...)
	return err == nil && n == len(into)
}

// firstMoment is when a timeline begins.
func firstMoment(all trace.Trace) int64 {
	first := all.Window.End
	for _, e := range all.Entries {
		first = min(first, e.Time)
	}
	for _, c := range all.Syscalls {
		first = min(first, c.Time)
	}
	for _, p := range all.Packets {
		first = min(first, p.Time)
	}
	for _, s := range all.Softirqs {
		first = min(first, s.Time)
	}
	for _, w := range all.Wakeups {
		first = min(first, w.Time)
	}
	return first
}

// TestCompareFacts: each row with both cells, what differs in how it was recorded, and
// how far either side can be trusted.
func TestCompareFacts(t *testing.T) {
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

// tourJSON is what lab tour --json writes.
type tourJSON struct {
	Recorded bool
	Results  []tour.Result
	Traces   []*trace.Trace
}

// TestTourFacts: each claim's number, title, words, mark, notes, changes, what to try, and
// its line on the last screen.
func TestTourFacts(t *testing.T) {
	for _, kernel := range recordings.Kernels() {
		t.Run(kernel, func(t *testing.T) {
			text, all := said(t, "tour", "-r", kernel), asJSON[tourJSON](t, "tour", "-r", kernel)
			if !all.Recorded {
				t.Error("the JSON does not say that these are recordings")
			}
			first := all.Traces[0]
			if want := header(first.Kernel, first.Arch, first.Go, first.Backend, first.Honesty); !strings.HasPrefix(words(text), words(want)) {
				t.Errorf("the text does not begin with %s", want)
			}
			counts := make(map[tour.Mark]int)
			rest := text
			for i, r := range all.Results {
				counts[r.Verdict.Mark]++
				var claim string
				begin := fmt.Sprintf("\n\n%-3d%s\n", r.Claim.Number, r.Claim.Title)
				_, after, ok := strings.Cut(rest, begin)
				if !ok {
					t.Fatalf("the text has no %q after claim %d", begin, r.Claim.Number-1)
				}
				claim, rest = after, after
				if next := regexp.MustCompile(`(?m)^\d`).FindStringIndex(after); next != nil {
					claim = after[:next[0]]
				}
				claimFacts(t, words(claim), r, all.Results[:i])
			}
			lastScreen(t, text, all, counts)
		})
	}
}

// lastScreen holds that a whole tour ends in a screen of 24 rows with a prompt: how far it
// can be trusted, each claim in a line, with nothing left out, and how many hold.
func lastScreen(t *testing.T, text string, all tourJSON, counts map[tour.Mark]int) {
	t.Helper()
	var marks []string
	for _, m := range []struct {
		mark tour.Mark
		text string
	}{{tour.Holds, "✓ %d as the article says"}, {tour.Changed, "≠ %d hold under other names"}, {tour.NotSeen, "✗ %d not seen"}} {
		if n := counts[m.mark]; n > 0 {
			marks = append(marks, fmt.Sprintf(m.text, n))
		}
	}
	sign := map[tour.Mark]string{tour.Holds: "✓", tour.Changed: "≠", tour.NotSeen: "✗"}
	var have []string
	for _, r := range all.Results {
		have = append(have, words(fmt.Sprint(r.Claim.Number, " ", sign[r.Verdict.Mark], " ", r.Claim.Title, " ", r.Verdict.Brief)))
	}
	parts := sections(text)
	parts = parts[len(parts)-3:]
	same(t, "honesty", words(parts[0]), trust(all.Traces[0].Backend, all.Traces[0].Honesty))
	var shown []string
	for line := range strings.Lines(parts[1]) {
		shown = append(shown, words(line))
	}
	same(t, "claims in short", shown[1:], have)
	same(t, "tally", parts[2], fmt.Sprintf("%d claims: %s", len(all.Results), strings.Join(marks, " · ")))
	if rows := strings.Count(strings.Join(parts, "\n\n"), "\n") + 1; rows > 23 {
		t.Errorf("the last screen has %d rows", rows)
	}
}

// claimFacts holds the text of one claim against its result.
func claimFacts(t *testing.T, claim string, r tour.Result, before []tour.Result) {
	t.Helper()
	if !strings.HasPrefix(claim, words(r.Claim.Text)+" ") {
		t.Errorf("claim %d: the text does not say %s", r.Claim.Number, r.Claim.Text)
	}
	verdict := map[tour.Mark]string{tour.Holds: "✓ holds here", tour.Changed: "✓ holds here", tour.NotSeen: "✗ not seen here"}[r.Verdict.Mark]
	verdict += " " + strings.Join(r.Verdict.Notes, " ")
	if len(r.Verdict.Changes) > 0 {
		verdict += " ≠ changed since the article"
		for _, c := range r.Verdict.Changes {
			verdict += " " + c.String()
		}
	}
	end := words(verdict) + " " + words(r.Claim.Explanation) + " try next: lab " + words(r.Claim.Try.Args+" "+r.Claim.Try.What)
	if !strings.Contains(claim, end) {
		t.Errorf("claim %d: the text does not say %s\nbut %s", r.Claim.Number, end, claim)
	}
	for _, s := range r.Verdict.Stacks {
		if !slices.ContainsFunc(r.Claim.Exhibits, func(e tour.Exhibit) bool { return e.Kind == tour.Stacks }) {
			continue
		}
		lines := fmt.Sprint(s.PID, " ", s.TID, " ", s.Comm, " ", s.Function)
		if i := slices.IndexFunc(before, func(b tour.Result) bool {
			return slices.ContainsFunc(b.Verdict.Stacks, func(p tour.Proof) bool { return cmp.Equal(p.Stack, s.Stack) })
		}); i >= 0 {
			lines += fmt.Sprintf(" the stack of claim %d, above; here it shows this: %s", before[i].Claim.Number, s.Shows)
		} else {
			for _, f := range s.Frames {
				lines += " " + frameLine(f)
			}
		}
		if !strings.Contains(claim, words(lines)) {
			t.Errorf("claim %d: the text has no %s", r.Claim.Number, lines)
		}
	}
}

func TestListFacts(t *testing.T) {
	var have []string
	for _, c := range asJSON[[]tour.Claim](t, "tour", "--list") {
		have = append(have, words(fmt.Sprint(c.Number, " ", c.Title, " ", c.Text)))
	}
	var shown []string
	for _, s := range sections(said(t, "tour", "--list")) {
		shown = append(shown, words(s))
	}
	same(t, "claims", shown, have)
}

func TestExplainFacts(t *testing.T) {
	args := []string{"explain", "*"}
	var have []string
	for _, f := range asJSON[[]explain.Fact](t, args...) {
		lines := []string{f.Name, f.Does}
		for _, r := range f.Renames {
			lines = append(lines, r.String()+": "+r.Why)
		}
		if len(f.Runs) > 0 {
			lines = append(lines, "seen on "+enumerated(f.Kernels)+": "+places(f.Runs))
		}
		have = append(have, words(strings.Join(lines, " ")))
	}
	var shown []string
	for _, s := range sections(said(t, args...)) {
		shown = append(shown, words(s))
	}
	same(t, "functions", shown, have)
}

func enumerated(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// places says where functions ran, as the text does.
func places(runs []explain.Run) string {
	var all []string
	for len(runs) > 0 {
		workload, n := runs[0].Workload, uint64(0)
		var roles []string
		for len(runs) > 0 && runs[0].Workload == workload {
			n += runs[0].Count
			if role := string(runs[0].Role); !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
			runs = runs[1:]
		}
		all = append(all, fmt.Sprintf("%s ×%d (%s)", workload, n, strings.Join(roles, ", ")))
	}
	return strings.Join(all, ", ")
}

func TestDoctorFacts(t *testing.T) {
	r := asJSON[doctor.Report](t, "doctor")
	have := fmt.Sprintf("dialpath doctor · Linux %s %s", r.Kernel, r.Arch)
	for _, c := range r.Checks {
		have += " " + map[doctor.State]string{doctor.OK: "✓", doctor.Missing: "✗", doctor.NotNeeded: "·", doctor.Unknown: "?"}[c.State] + " " + c.Name + " " + c.Found
		if c.Blocks != "" {
			have += " blocks " + c.Blocks
		}
		if c.Mend != "" {
			have += " mend " + c.Mend
		}
	}
	have += " ✓ ok ✗ missing · not essential ? only root can tell " + r.Verdict
	same(t, "checks", words(said(t, "doctor")), words(have))
}
