package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/tour"
	"dialpath/lab/trace"
)

// Results writes what became of claims, one after another. The recordings are those that
// the verdicts rest on, by workload.
func Results(w io.Writer, results []tour.Result, recordings map[string]*trace.Trace, style Style) error {
	p := &printer{w: w, style: style}
	for i, r := range results {
		p.claim(r, results[:i], recordings)
	}
	return p.err
}

// Summary writes what the eye is to find when the output of a tour ends: a line for each
// claim, with what was measured, and last, how many hold. A single claim needs no line: its
// verdict stands above. Of two, the first one's has left the screen already.
//
// Again are the arguments for another tour of these recordings, e.g. "tour -r 6.12"; there
// is no way that can be named if it is empty.
func Summary(w io.Writer, results []tour.Result, again string, style Style) error {
	p := begin(w, style)
	if len(results) > 1 {
		p.inShort(results, again)
		p.gap()
	}
	p.tally(results)
	return p.err
}

// inShort writes a line for each claim. What does not fit is left out: it stands with the
// claim.
func (p *printer) inShort(results []tour.Result, again string) {
	head := "In short:"
	more := fmt.Sprintf("In short (one claim with all that was measured: %s %s %d):", p.lab(), again, lookedAt(results))
	if again != "" && width(more) <= Width {
		head = more
	}
	p.line("%s", head)
	titles := 0
	for _, r := range results {
		titles = max(titles, width(r.Claim.Title))
	}
	for _, r := range results {
		title := p.style.paint(bold, r.Claim.Title) + strings.Repeat(" ", titles-width(r.Claim.Title)+between)
		line := fmt.Sprintf("%-*d%s %s", bodyAt, r.Claim.Number, p.mark(r.Verdict.Mark), title)
		p.line("%s%s", line, clip(clean(r.Verdict.Brief), Width-width(line)))
	}
}

// lookedAt is the claim that a reader is likeliest to look at again: one that does not hold,
// or else has changed.
func lookedAt(results []tour.Result) int {
	for _, mark := range []tour.Mark{tour.NotSeen, tour.Changed} {
		if i := slices.IndexFunc(results, func(r tour.Result) bool { return r.Verdict.Mark == mark }); i >= 0 {
			return results[i].Claim.Number
		}
	}
	return results[0].Claim.Number
}

// mark is the sign of a mark.
func (p *printer) mark(m tour.Mark) string {
	switch m {
	case tour.Holds:
		return p.style.paint(green, "✓")
	case tour.Changed:
		return p.style.paint(yellow, "≠")
	}
	return p.style.paint(red, "✗")
}

// tally writes how many of the claims hold, in one line.
func (p *printer) tally(results []tour.Result) {
	var holds, changed, not int
	for _, r := range results {
		switch r.Verdict.Mark {
		case tour.Holds:
			holds++
		case tour.Changed:
			changed++
		default:
			not++
		}
	}
	var parts []string
	add := func(n int, color, mark, text string) {
		if n > 0 {
			parts = append(parts, p.style.paint(color, fmt.Sprintf("%s %d %s", mark, n, text)))
		}
	}
	add(holds, green, "✓", "as the article says")
	hold := "hold"
	if changed == 1 {
		hold = "holds"
	}
	add(changed, yellow, "≠", hold+" under other names")
	add(not, red, "✗", "not seen")
	p.line("%s: %s", plural(len(results), "claim"), strings.Join(parts, " · "))
}
