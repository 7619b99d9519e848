package doctor

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// width is the widest that a report gets, in columns.
const width = 80

// margin is the room around a name: the sign and a space before it, and two
// spaces behind.
const margin = 4

// mark is how a state looks: a sign, and its colour in a terminal.
type mark struct {
	state   State
	sign    string
	colour  string
	meaning string
}

var marks = []mark{
	{OK, "✓", "\x1b[32m", "ok"},
	{Missing, "✗", "\x1b[31m", "missing"},
	{NotNeeded, "·", "\x1b[2m", "not essential"},
	{Unknown, "?", "\x1b[33m", "only root can tell"},
}

const plain = "\x1b[0m"

func markOf(state State) mark {
	for _, m := range marks {
		if m.state == state {
			return m
		}
	}
	return mark{state: state, sign: " "}
}

// Write writes the report as text of at most 80 columns, with colours or without.
func (r Report) Write(w io.Writer, colour bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "dialpath doctor · Linux %s %s\n\n", r.Kernel, r.Arch)
	indent := 0
	for _, c := range r.Checks {
		indent = max(indent, utf8.RuneCountInString(c.Name))
	}
	indent += margin
	for _, c := range r.Checks {
		c.write(&b, indent, colour)
	}
	b.WriteString("\n")
	for i, m := range marks {
		if i > 0 {
			b.WriteString("   ")
		}
		fmt.Fprintf(&b, "%s %s", m.paint(m.sign, colour), m.meaning)
	}
	fmt.Fprintf(&b, "\n\n%s\n", r.Verdict)
	_, err := io.WriteString(w, b.String())
	return err
}

func (c Check) write(b *strings.Builder, indent int, colour bool) {
	m := markOf(c.State)
	room := strings.Repeat(" ", indent-margin-utf8.RuneCountInString(c.Name))
	fmt.Fprintf(b, "%s %s%s  ", m.paint(m.sign, colour), c.Name, room)
	paragraph(b, c.Found, indent)
	if c.Blocks != "" {
		b.WriteString(strings.Repeat(" ", indent))
		paragraph(b, "blocks "+c.Blocks, indent+len("blocks "))
	}
	if c.Mend != "" {
		b.WriteString(strings.Repeat(" ", indent))
		paragraph(b, "mend   "+c.Mend, indent+len("mend   "))
	}
}

func (m mark) paint(text string, colour bool) string {
	if !colour {
		return text
	}
	return m.colour + text + plain
}

// paragraph writes text that begins at some column, the following lines indented.
func paragraph(b *strings.Builder, text string, indent int) {
	b.WriteString(strings.Join(wrap(text, width-indent), "\n"+strings.Repeat(" ", indent)))
	b.WriteString("\n")
}

// wrap breaks text between words into lines of at most so many columns. Spaces at
// the beginning and runs of spaces in its first line stay.
func wrap(text string, columns int) []string {
	var lines []string
	for utf8.RuneCountInString(text) > columns {
		end := -1
		for i, n := 0, 0; i < len(text) && n <= columns; n++ {
			_, size := utf8.DecodeRuneInString(text[i:])
			if text[i] == ' ' {
				end = i
			}
			i += size
		}
		if end <= 0 {
			break // one long word: better whole than cut
		}
		lines = append(lines, text[:end])
		text = strings.TrimLeft(text[end:], " ")
	}
	return append(lines, text)
}
