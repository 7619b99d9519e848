package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
)

// tourJSON is what lab tour --json writes.
type tourJSON struct {
	Recorded bool
	Results  []tour.Result
	Traces   []*trace.Trace
}

// TestTourFacts: each claim's number, title, words, mark, notes, changes, what to try, and
// its line on the last screen.
func TestTourFacts(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
