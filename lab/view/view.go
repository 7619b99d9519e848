// Package view shows traces, comparisons and verdicts as text, in the form that
// readers of bcc's tools know, or as JSON.
//
// Views are written one after another: each but the [Header] begins with an empty
// line. Lines have at most 80 columns and no trailing space. Every view returns
// the first error of the writer. Names from outside, such as those of processes,
// are shown with their control characters escaped: no trace can move the cursor
// of whoever looks at it.
package view

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width is the number of columns that views keep to.
const Width = 80

// A Style says how text is to look. Its zero value is plain.
type Style struct {
	Color    bool   // bold headings and coloured verdicts, by ANSI escapes
	Lab      string // how the reader runs the lab, e.g. "bin/lab"; "lab" if empty
	Stacks   string // what shows all of a stack whose middle is folded away, e.g. "--stack"; none is if empty
	Flags    string // that the reader gives to each verb of the workshop, e.g. "--dir mine"
	Recorded bool   // what is shown was recorded some time before, maybe elsewhere
	Unfold   string // what shows all of a folded tree, e.g. "kernel all"; not said if empty
}

const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

func (s Style) paint(color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return color + text + reset
}

// JSON writes v as indented JSON.
func JSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// A printer writes lines and keeps the first error.
type printer struct {
	w      io.Writer
	style  Style
	indent int
	err    error
}

// begin begins a view, with an empty line before it.
func begin(w io.Writer, style Style) *printer {
	p := &printer{w: w, style: style}
	p.gap()
	return p
}

// line writes one line, indented, with trailing spaces taken off.
func (p *printer) line(format string, args ...any) {
	if p.err != nil {
		return
	}
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	if text != "" {
		text = strings.Repeat(" ", p.indent) + text
	}
	_, p.err = io.WriteString(p.w, text+"\n")
}

// gap writes an empty line.
func (p *printer) gap() { p.line("") }

// absent says that what is to be shown is not in the trace, which is not the same
// as that there was none.
func (p *printer) absent(what string) {
	p.line("This trace holds no %s: they were not recorded.", what)
}

// lab is how the reader runs the lab.
func (p *printer) lab() string { return cmp.Or(p.style.Lab, "lab") }

// paragraph writes text in lines that fit, the first after lead, the others
// indented as far as lead is wide.
func (p *printer) paragraph(lead, text string) {
	margin := strings.Repeat(" ", width(lead))
	for _, line := range wrap(text, Width-p.indent-width(lead)) {
		p.line("%s%s", lead, line)
		lead = margin
	}
}

// in writes by f with a deeper indentation.
func (p *printer) in(columns int, f func()) {
	p.indent += columns
	f()
	p.indent -= columns
}

// wrap breaks text at spaces into lines of at most columns. A longer word is
// broken where it must be.
func wrap(text string, columns int) []string {
	columns = max(columns, 8)
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) > columns {
			lines = append(lines, line)
			line = ""
		}
		for width(word) > columns {
			runes := []rune(word)
			lines = append(lines, string(runes[:columns]))
			word = string(runes[columns:])
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// width returns the columns that text takes. All that the lab shows is one column
// a rune, but for comm names of East Asian scripts, which may stand out.
//
// Colours take none.
func width(text string) int { return utf8.RuneCountInString(colors.Replace(text)) }

var colors = strings.NewReplacer(bold, "", dim, "", red, "", green, "", yellow, "", reset, "")

// clip shortens text to columns.
func clip(text string, columns int) string {
	if width(text) <= columns {
		return text
	}
	return string([]rune(text)[:columns-1]) + "…"
}

// clean makes text from outside safe to show: whatever could move the cursor,
// change colours or reverse the direction of writing is escaped.
func clean(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// enumerate returns "a", "a and b", "a, b and c".
func enumerate(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// plural returns "1 call", "2 calls".
func plural[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
