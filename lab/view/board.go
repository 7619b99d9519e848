package view

import (
	"fmt"
	"io"

	"dialpath/lab/exercise"
	"dialpath/lab/exercise/folder"
)

// Exercises lists the exercises with what has been done of each, and what is next.
func Exercises(w io.Writer, progress folder.Progress, style Style) error {
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
		if r.Passed && r.Asked > 0 {
			done += fmt.Sprintf(", %d of %d predicted", r.Right, r.Asked)
		}
		p.line("%s %2d  %-42s%s", mark, e.Number, clip(e.Title, 41), done)
	}
	p.gap()
	current, left := progress.Current()
	switch _, started := progress[current.Name]; {
	case !left:
		p.line("All %d passed.", len(all))
	case started:
		p.line("%d of %d passed. Next: %s", passed, len(all), style.verb(fmt.Sprintf("check %d", current.Number)))
	default:
		p.line("%d of %d passed. Next: %s", passed, len(all), style.verb(fmt.Sprintf("start %d", current.Number)))
	}
	return p.err
}

// Board writes a table of a class: a line for each learner, a column for each exercise.
func Board(w io.Writer, reports []folder.Report, style Style) error {
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
			right, asked = right+entry.Right, asked+entry.Asked
		}
		p.line("%-14s%s  %6d %9s", clip(clean(r.Learner), 13), marks, passed, fmt.Sprintf("%d/%d", right, asked))
	}
	p.gap()
	p.line("✓ passed   … begun   · not yet")
	return p.err
}

func find(r folder.Report, name string) (folder.Entry, bool) {
	for _, entry := range r.Exercises {
		if entry.Name == name {
			return entry, true
		}
	}
	return folder.Entry{}, false
}
