package view

import (
	"fmt"
	"io"
	"strings"
	"time"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// Header writes what was measured with: kernel, Go, and how many of the functions
// asked for were attached in what time.
func Header(w io.Writer, t *trace.Trace, style Style) error {
	p := &printer{w: w, style: style}
	parts := []string{
		strings.TrimSpace("Linux " + clean(t.Kernel) + " " + clean(t.Arch)),
		"Go " + strings.TrimPrefix(clean(t.Go), "go"),
		clean(string(t.Backend.Name)),
	}
	if style.Recorded {
		parts[0] = "recorded on " + parts[0]
	}
	if h := t.Honesty; h.Matched > 0 {
		parts[2] += fmt.Sprintf(": %d of %s in %s", h.Attached, plural(h.Matched, probeNoun(t)), duration(h.Attach))
	}
	line, plain := style.paint(bold, "dialpath"), "dialpath"
	for _, part := range parts {
		if width(plain)+width(" · "+part) > Width {
			p.line("%s", line)
			line, plain = strings.Repeat(" ", width("dialpath · "))+part, part
			continue
		}
		line, plain = line+" · "+part, plain+" · "+part
	}
	p.line("%s", line)
	return p.err
}

func probeNoun(t *trace.Trace) string {
	if t.Backend.Name == kernel.Tracepoint {
		return "tracepoint"
	}
	return "function"
}

func duration(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// Honesty writes how far the numbers can be trusted: what was attached, of how
// much, and, if there is anything to say, what was not, what was lost and what
// cannot be seen.
func Honesty(w io.Writer, t *trace.Trace, style Style) error {
	h := t.Honesty
	if h.Matched == 0 && len(h.Failed) == 0 && h.Lost+h.Missed == 0 && h.Unseen == "" {
		return nil // nothing was attached to functions, and nothing went wrong
	}
	p := begin(w, style)
	if h.Matched > 0 {
		p.attached(t)
	}
	for _, f := range h.Failed {
		p.paragraph("  ", fmt.Sprintf("%d not: %s: %s", len(f.Functions), some(f.Functions), clean(f.Reason)))
	}
	p.shortfall(h)
	if !h.MissedKnown && h.Attached > 0 && t.Backend.Name.IsKprobe() {
		p.paragraph("", fmt.Sprintf("missed hits: unknown, this kernel does not count them (%s does)", t.Backend.Name.MissedSince()))
	}
	if counted := t.Counted(); h.Calls > 0 && h.Calls != counted {
		p.paragraph("", fmt.Sprintf("the counts add up to %d, but %s were seen", counted, plural(h.Calls, "call")))
	}
	if h.Unseen != "" {
		p.paragraph("", "not seen: "+clean(h.Unseen))
	}
	for _, note := range h.Unnamed {
		p.paragraph("", clean(note))
	}
	return p.err
}

// shortfall says what should have been seen, but is not in the trace.
func (p *printer) shortfall(h trace.Honesty) {
	if h.Lost > 0 {
		p.paragraph("", fmt.Sprintf("lost %s: there was no room left for what was seen", plural(h.Lost, "event")))
	}
	if h.Missed > 0 {
		p.paragraph("", fmt.Sprintf("missed %s, of all processes together, that the kernel could not deliver: counts may be that much too low", plural(h.Missed, "hit")))
	}
}

// attached says what was attached to, and why in that way.
func (p *printer) attached(t *trace.Trace) {
	attached := fmt.Sprintf("attached %d of %s", t.Honesty.Attached, plural(t.Honesty.Matched, probeNoun(t)))
	if probeNoun(t) == "function" {
		attached += " by " + clean(string(t.Backend.Name))
	}
	if t.Backend.Why != "" {
		attached += " (" + clean(t.Backend.Why) + ")"
	}
	p.paragraph("", attached)
}

// some lists the first few names.
func some(names []string) string {
	const few = 3
	var shown []string
	for _, name := range names[:min(few, len(names))] {
		shown = append(shown, clean(name))
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
