package view

import (
	"fmt"
	"io"
	"strings"

	"dialpath/lab/doctor/report"
)

// signs are how the states of a check look, in the order of the legend.
var signs = []struct {
	state                report.State
	sign, color, meaning string
}{
	{report.OK, "✓", green, "ok"},
	{report.Missing, "✗", red, "missing"},
	{report.NotNeeded, "·", dim, "not essential"},
	{report.Unknown, "?", yellow, "only root can tell"},
}

// Doctor shows what this machine allows: every check with what was found, then what
// is blocked and how to mend it, and at the end what to do now.
func Doctor(w io.Writer, r report.Report, style Style) error {
	p := &printer{w: w, style: style}
	p.line("dialpath doctor · Linux %s %s", r.Kernel, r.Arch)
	p.gap()
	names := 0
	for _, c := range r.Checks {
		names = max(names, width(c.Name))
	}
	for _, c := range r.Checks {
		p.check(c, names)
	}
	p.gap()
	var legend []string
	for _, s := range signs {
		legend = append(legend, style.paint(s.color, s.sign)+" "+s.meaning)
	}
	p.line("%s", strings.Join(legend, "   "))
	p.gap()
	p.line("%s", r.Verdict)
	return p.err
}

// check writes one check, whose name is beside those of others.
func (p *printer) check(c report.Check, names int) {
	sign := " "
	for _, s := range signs {
		if s.state == c.State {
			sign = p.style.paint(s.color, s.sign)
		}
	}
	lead := fmt.Sprintf("%s %-*s  ", sign, names, c.Name)
	p.paragraph(lead, c.Found)
	p.in(width(lead), func() {
		p.labelled("blocks", c.Blocks)
		p.labelled("mend", c.Mend)
	})
}

// labels is how wide the labels of a check are, with the space after them.
const labels = len("blocks ")

// labelled writes text behind its label, if there is any. The lines are broken as if the
// label were the text's first word.
func (p *printer) labelled(label, text string) {
	if text == "" {
		return
	}
	word := strings.Repeat("_", labels-1)
	for i, line := range wrap(word+" "+text, Width-p.indent-labels) {
		if i > 0 {
			label, word = "", ""
		}
		p.line("%-*s%s", labels, label, strings.TrimPrefix(strings.TrimPrefix(line, word), " "))
	}
}
