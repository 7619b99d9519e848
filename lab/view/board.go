package view

import (
	"fmt"
	"io"

	"dialpath/lab/exercise"
	"dialpath/lab/workshop"
)

// Exercises lists the exercises with what has been done of each, and what is next.
func Exercises(w io.Writer, progress workshop.Progress, style Style) error {
	p := &printer{w: w, style: style}
	all := exercise.All()
	theme, passed := "", 0
	for _, e := range all {
		if e.Theme != theme {
			if theme != "" {
				p.gap()
			}
			theme = e.Theme
			p.line("%s", style.paint(bold, theme))
		}
		r, started := progress[e.Name]
		mark, done := " ", ""
		switch {
		case r.Passed:
			mark, done = style.paint(green, "✓"), "passed"
			passed++
		case started:
			mark, done = style.paint(yellow, "…"), plural(r.Checks, "check")
		}
		if r.Passed && len(r.First) > 0 {
			done += fmt.Sprintf(", %d of %d predicted", r.Right(), len(r.First))
		}
		p.line("%s %2d  %-42s%s", mark, e.Number, clip(e.Title, 41), done)
	}
	p.gap()
	current, left := progress.Current()
	switch _, started := progress[current.Name]; {
	case !left:
		p.line("All %d passed.", len(all))
	case started:
		p.line("%d of %d passed. Next: %s", passed, len(all), style.Verb(fmt.Sprintf("check %d", current.Number)))
	default:
		p.line("%d of %d passed. Next: %s", passed, len(all), style.Verb(fmt.Sprintf("start %d", current.Number)))
	}
	return p.err
}

// Board writes a table of a class: a line for each learner, a column for each exercise.
func Board(w io.Writer, reports []workshop.Report, style Style) error {
	p := &printer{w: w, style: style}
	all := exercise.All()
	head := ""
	for _, e := range all {
		head += fmt.Sprintf("%3d", e.Number)
	}
	p.line("%s", style.paint(bold, fmt.Sprintf("%-14s%s  %6s %9s", "LEARNER", head, "PASSED", "PREDICTED")))
	for _, r := range reports {
		passed, right, asked, marks := 0, 0, 0, ""
		for _, e := range all {
			entry, ok := find(r, e.Name)
			switch {
			case !ok:
				marks += "  ·"
			case entry.Passed:
				passed++
				marks += "  ✓"
			default:
				marks += "  …"
			}
			right, asked = right+entry.Right(), asked+len(entry.First)
		}
		p.line("%-14s%s  %6d %9s", clip(clean(r.Learner), 13), marks, passed, fmt.Sprintf("%d/%d", right, asked))
	}
	p.gap()
	p.line("✓ passed   … begun   · not yet")
	if q, missed, of := missedMost(reports); missed > 0 {
		p.gap()
		p.paragraph("", fmt.Sprintf("Missed most, by %d of %d: %s", missed, of, q))
	}
	return p.err
}

// missedMost returns the question whose answer most learners did not predict, and how many
// of how many.
func missedMost(reports []workshop.Report) (text string, missed, of int) {
	for _, e := range exercise.All() {
		for _, q := range e.Questions {
			wrong, all := 0, 0
			for _, r := range reports {
				entry, _ := find(r, e.Name)
				for _, g := range entry.First {
					if g.Key == q.Key {
						all++
						if !g.Right {
							wrong++
						}
					}
				}
			}
			if wrong > missed {
				text, missed, of = fmt.Sprintf("exercise %d, %s", e.Number, q.Text), wrong, all
			}
		}
	}
	return text, missed, of
}

func find(r workshop.Report, name string) (workshop.Entry, bool) {
	for _, entry := range r.Exercises {
		if entry.Name == name {
			return entry, true
		}
	}
	return workshop.Entry{}, false
}
