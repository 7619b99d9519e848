package view

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"reflect"
	"slices"
	"strings"

	"dialpath/lab/compare"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
)

// bodyAt is where the text of a claim begins, under its title.
const bodyAt = 3

// claim writes one claim of the article: what is claimed, what was measured, the
// verdict, an explanation, and what to try next. The recordings are those that
// the verdict rests on, by workload; the results, those of the claims before.
func (p *printer) claim(r tour.Result, before []tour.Result, recordings map[string]*trace.Trace) {
	p.gap()
	p.line("%-*d%s", bodyAt, r.Claim.Number, p.style.paint(bold, r.Claim.Title))
	p.in(bodyAt, func() {
		p.paragraph("", r.Claim.Text)
		p.sources(r)
		for _, e := range r.Claim.Exhibits {
			if e.Kind == tour.Stacks {
				p.proofs(e, r.Verdict.Stacks, before, recordings)
				continue
			}
			p.exhibit(e, recordings)
		}
		p.gap()
		p.verdict(r.Verdict)
		p.gap()
		p.paragraph("", r.Claim.Explanation)
		p.gap()
		p.try(r.Claim.Try)
	})
}

// sources writes the Go source of the workloads, if it is to be shown.
func (p *printer) sources(r tour.Result) {
	for _, recording := range r.Claim.Recordings {
		source := r.Sources[recording.Workload]
		if source == "" {
			continue
		}
		p.gap()
		p.line("%s:", recording.Workload)
		for line := range strings.Lines(source) {
			p.line("  %s", clean(strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    ")))
		}
	}
}

// Claims lists claims: number, title, and what is claimed.
func Claims(w io.Writer, claims []tour.Claim, style Style) error {
	p := &printer{w: w, style: style}
	for i, c := range claims {
		if i > 0 {
			p.gap()
		}
		p.line("%-*d%s", bodyAt, c.Number, style.paint(bold, c.Title))
		p.in(bodyAt, func() { p.paragraph("", c.Text) })
	}
	return p.err
}

// proofs writes the stacks on which a verdict rests. One that stands with an earlier claim
// is named, with what it says to this one.
func (p *printer) proofs(e tour.Exhibit, proofs []tour.Proof, before []tour.Result, recordings map[string]*trace.Trace) {
	if len(proofs) == 0 || exhibited(e, recordings) == nil {
		return
	}
	for i, proof := range proofs {
		p.gap()
		number, shown := shownWith(proof.Stack, before)
		if !shown {
			writeStack(p, proof.Stack, i == 0)
			continue
		}
		writeThread(p, proof.Stack, i == 0)
		p.in(framesAt, func() {
			p.paragraph("", fmt.Sprintf("the stack of claim %d, above; here it shows this:", number))
			p.paragraph("", clean(proof.Shows))
		})
	}
}

// shownWith returns the number of the claim with which a stack was shown already.
func shownWith(s trace.Stack, before []tour.Result) (number int, shown bool) {
	for _, r := range before {
		if slices.ContainsFunc(r.Claim.Exhibits, func(e tour.Exhibit) bool { return e.Kind == tour.Stacks }) &&
			slices.ContainsFunc(r.Verdict.Stacks, func(p tour.Proof) bool { return reflect.DeepEqual(p.Stack, s) }) {
			return r.Claim.Number, true
		}
	}
	return 0, false
}

// exhibited returns the recordings that an exhibit is of, or nil if one is not there.
func exhibited(e tour.Exhibit, recordings map[string]*trace.Trace) []*trace.Trace {
	var traces []*trace.Trace
	for _, name := range e.Workloads {
		if recordings[name] == nil {
			return nil
		}
		traces = append(traces, recordings[name])
	}
	return traces
}

// exhibit writes a piece of evidence, if its recordings are there.
func (p *printer) exhibit(e tour.Exhibit, recordings map[string]*trace.Trace) {
	traces := exhibited(e, recordings)
	if traces == nil {
		return
	}
	switch e.Kind {
	case tour.Summary, tour.Syscalls:
		if len(traces) == 2 {
			p.gap()
			p.sideBySide(e.Kind, compare.Compare(traces[0], traces[1]))
		}
	case tour.Counts:
		for _, t := range traces {
			p.counts(t, e.Glob)
		}
	case tour.Packets:
		p.gap()
		for _, t := range traces {
			p.sent(t)
		}
	case tour.Traffic:
		p.gap()
		for _, t := range traces {
			p.traffic(t)
		}
	case tour.Calls:
		for _, t := range traces {
			p.socketCalls(t, cmp.Or(e.Role, t.Subject()))
		}
	case tour.Output:
		for _, t := range traces {
			p.gap()
			p.line("%s printed:", clean(t.Target.Title()))
			for line := range strings.Lines(t.Target.Output) {
				p.paragraph("  ", clean(strings.TrimSuffix(line, "\n")))
			}
		}
	}
}

// socketCalls writes the system calls that a role made on its sockets.
func (p *printer) socketCalls(t *trace.Trace, role trace.Role) {
	p.gap()
	p.line("%s, the %s's system calls on its sockets:", clean(t.Target.Title()), clean(string(role)))
	for _, c := range t.SocketCalls(role) {
		lead := "  "
		for _, line := range wrap(syscallText(c), Width-p.indent-2*len(lead)) {
			p.line("%s%s", lead, line)
			lead = "    "
		}
	}
}

func (p *printer) sideBySide(kind tour.ExhibitKind, c compare.Comparison) {
	tab := sides("", c)
	var shown []compare.Row
	switch kind {
	case tour.Summary:
		for _, r := range c.Summary {
			if r.Kind != compare.Pattern || r.Context == trace.Process || r.Context == trace.NetRX {
				shown = append(shown, r) // other softirqs are there by chance
			}
		}
	case tour.Syscalls:
		shown = slices.Clone(c.Syscalls)
		for _, r := range c.Summary {
			if r.Kind == compare.Pattern && r.Context == trace.Process && r.A.Calls+r.B.Calls > 0 {
				shown = append(shown, r)
			}
		}
	}
	rows(tab, shown)
	tab.write(p)
	c.Summary, c.Syscalls, c.Functions = shown, nil, nil
	footnotes(p, c)
}

// Long lists show their ends only.
const (
	headOfList = 6
	tailOfList = 8
)

// counts writes what the client ran on its own behalf.
func (p *printer) counts(t *trace.Trace, glob string) {
	totals := t.Totals(func(f trace.Function) bool {
		match, err := path.Match(glob, f.Base)
		return f.Role == t.Subject() && f.Context == trace.Process && f.Count > 0 && match && err == nil
	})
	if len(totals) == 0 {
		return
	}
	var calls uint64
	for _, f := range totals {
		calls += f.Count
	}
	p.gap()
	p.line("%s: %s, %s", clean(t.Target.Title()), plural(len(totals), "function"), plural(calls, "call"))
	tab := table{left: 1, least: bccWidths}
	tab.head("FUNC", "COUNT")
	for i, f := range totals {
		if fold := len(totals) - headOfList - tailOfList; fold > 1 && i >= headOfList && i < headOfList+fold {
			if i == headOfList {
				tab.add(fmt.Sprintf("... %d more", fold))
			}
			continue
		}
		tab.add(clean(f.Name), fmt.Sprint(f.Count))
	}
	tab.write(p)
}

// sent writes the packets that the subject of a trace sent.
func (p *printer) sent(t *trace.Trace) {
	packets := t.Sent(t.Subject())
	if len(packets) == 0 {
		p.line("%s: no packets", clean(t.Target.Title()))
		return
	}
	p.line("%s:", clean(t.Target.Title()))
	writePackets(p, packets)
}

// traffic writes the packets that the subject of a trace sent or got.
func (p *printer) traffic(t *trace.Trace) {
	p.line("%s:", clean(t.Target.Title()))
	writePackets(p, slices.DeleteFunc(slices.Clone(t.Packets), func(packet trace.Packet) bool { return packet.Role != t.Subject() }))
}

// verdict writes the verdict with what was measured. A claim that holds under
// other names says both.
func (p *printer) verdict(v tour.Verdict) {
	switch {
	case v.Mark == tour.NotSeen && v.Blind:
		p.line("%s", p.style.paint(red, "✗ cannot be seen here"))
	case v.Mark == tour.NotSeen:
		p.line("%s", p.style.paint(red, "✗ not seen here"))
	default:
		p.line("%s", p.style.paint(green, "✓ holds here"))
	}
	for _, note := range v.Notes {
		p.paragraph("  ", clean(note))
	}
	if len(v.Changes) == 0 {
		return
	}
	p.line("%s", p.style.paint(yellow, "≠ changed since the article"))
	for _, c := range v.Changes {
		p.paragraph("  ", c.String())
	}
}

func (p *printer) try(t tour.Try) {
	p.paragraph("try next: ", p.lab()+" "+t.Args)
	p.paragraph(strings.Repeat(" ", len("try next: ")), t.What)
}
