package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/exercise"
	"dialpath/lab/explain"
	bounds "dialpath/lab/stage/cell"
	"dialpath/lab/trace"
)

// Brief writes what an exercise asks for, and where its files are: folder is their
// directory.
func Brief(w io.Writer, e exercise.Exercise, folder string, style Style) error {
	p := begin(w, style)
	p.line("%-*d%s", bodyAt, e.Number, style.paint(bold, e.Title))
	p.in(bodyAt, func() {
		p.prose(e.Goal)
		p.gap()
		p.prose(e.Background)
		p.gap()
		p.line("1. Predict, in %s:", clean(folder)+"/"+exercise.SheetName)
		for _, q := range e.Questions {
			p.paragraph("   - ", clean(q.Text))
		}
		if e.Strict {
			p.line("2. Read   %s", clean(folder)+"/main.go")
		} else {
			p.line("2. Change %s", clean(folder)+"/main.go")
		}
		p.line("3. Run it: %s", style.Verb("check"))
	})
	return p.err
}

// prose writes paragraphs, and leaves lines that are indented as they are.
func (p *printer) prose(text string) {
	for i, part := range strings.Split(text, "\n\n") {
		if i > 0 {
			p.gap()
		}
		if strings.HasPrefix(part, "    ") || strings.HasPrefix(part, "\t") {
			for line := range strings.Lines(part) {
				p.line("%s", clean(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")))
			}
			continue
		}
		p.paragraph("", clean(strings.Join(strings.Fields(part), " ")))
	}
}

// Advice writes one hint of an exercise: number n of all, from 1.
func Advice(w io.Writer, e exercise.Exercise, n int, style Style) error {
	p := begin(w, style)
	p.line("%-*d%s", bodyAt, e.Number, style.paint(bold, fmt.Sprintf("Hint %d of %d", n, len(e.Hints))))
	p.in(bodyAt, func() { p.prose(e.Hints[n-1]) })
	return p.err
}

// A Source finds the learner's own lines: it returns the text of a line of one of their
// files, or false for a file that is not theirs.
type Source func(file string, line int) (text string, ok bool)

// Graded writes the judge's verdict: what was expected, what the kernel did, the proof,
// and, if a line of the learner's is in it, which one.
func Graded(w io.Writer, e exercise.Exercise, r exercise.Result, source Source, style Style) error {
	p := begin(w, style)
	p.line("%-*d%s", bodyAt, r.Exercise, style.paint(bold, clean(r.Title)))
	p.in(bodyAt, func() {
		for _, f := range r.Findings {
			if f.Met {
				p.paragraph(style.paint(green, "✓")+" ", clean(f.Want))
				continue
			}
			p.missed(f, source)
		}
		failed := len(r.Findings) > 0 && !r.Findings[len(r.Findings)-1].Met
		if failed || r.Ended != "" {
			p.programWords(r, failed)
		}
		p.answers(r)
		p.gap()
		switch {
		case r.Passed:
			p.line("%s", style.paint(green, "✓ passed"))
			p.gap()
			p.prose(e.Explanation)
		case failed:
			p.line("%s   a hint: %s", style.paint(yellow, "✗ not yet"), style.Verb("hint"))
		default:
			p.line("%s   the numbers are what is asked for: correct them, and check again", style.paint(yellow, "✗ not yet"))
		}
	})
	return p.err
}

// missed writes an expectation that was not met.
func (p *printer) missed(f exercise.Finding, source Source) {
	p.gap()
	p.paragraph(p.style.paint(red, "✗")+" expected:   ", clean(f.Want))
	if f.Unproved {
		p.paragraph("  not proved: ", clean(f.Saw))
	} else {
		p.paragraph("  the kernel: ", clean(f.Saw))
	}
	p.in(2, func() {
		if len(f.Proof.Calls) > 0 {
			p.gap()
			for _, c := range f.Proof.Calls {
				p.paragraph("  ", callText(c, arguments(c)))
			}
		}
		if len(f.Proof.Packets) > 0 {
			p.gap()
			writePackets(p, f.Proof.Packets)
		}
	})
	if s := f.Proof.Stack; s != nil {
		p.in(2, func() {
			p.ownLine(*s, source)
			p.gap()
			p.paragraph("", "How it came there: read it from the bottom, where each function calls the one above it. "+top(*s))
		})
		p.gap()
		writeStack(p, *s, true)
	}
}

// top says what the first line of a stack is.
func top(s trace.Stack) string {
	what := "At the top is the kernel function that was watched."
	if len(s.Frames) > 0 && s.Frames[0].Kind == trace.User {
		what = "At the top is the function that was watched: it is one of the program's own."
	}
	if strings.Contains(s.Function, ":") {
		what = "At the top is a tracepoint, a place where the kernel tells what it does: " + clean(s.Function) + "."
	}
	if line := explain.Function(s.Function); line != "" {
		what = strings.TrimSuffix(what, ".") + " (" + line + ")."
	}
	return what
}

// ownLine points at the innermost line of the learner's on a stack.
func (p *printer) ownLine(s trace.Stack, source Source) {
	for _, f := range s.Frames {
		if f.Kind != trace.User || source == nil {
			continue
		}
		if text, ok := source(f.File, f.Line); ok {
			p.gap()
			p.line("your line, %s:", clean(position(f)))
			p.line("    %s", clean(strings.TrimSpace(text)))
			return
		}
	}
}

// cellBounds tells of the cell, to who wonders why a program fails there.
var cellBounds = fmt.Sprintf("it runs alone: with none of this machine's files and no network but the exercise's, "+
	"for a few seconds, in %d MiB of memory, with room for %d MiB of files and %d threads",
	bounds.Memory>>20, bounds.Disk>>20, bounds.Threads)

// programWords writes how a program ended, and what of its words tells most.
func (p *printer) programWords(r exercise.Result, failed bool) {
	if r.Ended == "" && r.Printed == "" {
		return
	}
	p.gap()
	switch {
	case r.Ended != "" && failed:
		p.paragraph("your program: ", clean(r.Ended)+" ("+cellBounds+")")
	case r.Ended != "":
		p.paragraph("your program: ", clean(r.Ended))
	}
	if r.Printed == "" {
		return
	}
	p.line("it printed:")
	lines := strings.Split(strings.TrimRight(r.Printed, "\n"), "\n")
	last := -1
	for _, i := range telling(lines) {
		if i > last+1 {
			p.line("    … %s …", plural(i-last-1, "line"))
		}
		p.paragraph("    ", clean(strings.ReplaceAll(lines[i], "\t", " ")))
		last = i
	}
}

// telling returns which lines of what a program printed to show: the first few; where it
// panicked, or ran out of something; and the last few.
func telling(lines []string) []int {
	const head, tail = 3, 4
	died := slices.IndexFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
	})
	var chosen []int
	for i := range lines {
		if i < head || i >= len(lines)-tail || died >= 0 && (i == died || i == died+1) || len(lines) <= head+tail+1 {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// answers writes what was predicted beside what the kernel counted.
func (p *printer) answers(r exercise.Result) {
	if len(r.Answers) == 0 {
		return
	}
	p.gap()
	right := 0
	for _, a := range r.Answers {
		if a.Right {
			right++
		}
	}
	p.line("You predicted %d of %d:", right, len(r.Answers))
	for _, a := range r.Answers {
		counted := fmt.Sprint(a.Counted)
		if a.Most > 0 {
			counted = fmt.Sprintf("%d to %d", a.Counted, a.Most)
		}
		switch {
		case a.Right:
			p.paragraph(p.style.paint(green, "✓")+" ", fmt.Sprintf("%s %d", a.Question, *a.Predicted))
		case a.Predicted == nil:
			p.paragraph("· ", fmt.Sprintf("%s %s. %s", a.Question, counted, a.Why))
		default:
			p.paragraph(p.style.paint(yellow, "≠")+" ", fmt.Sprintf("%s You said %d, the kernel counted %s. %s", a.Question, *a.Predicted, counted, a.Why))
		}
		if a.Usual != a.Counted {
			p.paragraph("  ", fmt.Sprintf("(The kernel counted %d for your program; for the lab's solution it is %d.)", a.Counted, a.Usual))
		}
	}
}

// Verb is how the reader calls a verb of the workshop.
func (s Style) Verb(words string) string {
	return strings.TrimRight(cmp.Or(s.Lab, "lab")+" exercise "+words+" "+s.Flags, " ")
}
