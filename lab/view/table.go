package view

import (
	"cmp"
	"strings"
)

const (
	between = 2  // columns of space between two cells
	widest  = 26 // of any cell but the first of a row, unless the table allows more
	nothing = "·"
	unknown = "?"
)

// A table is rows of cells. Widths are computed once, when it is written: every
// column as wide as its widest cell, and the first, which holds names, as wide as
// the line still allows. A longer name gets a line of its own.
type table struct {
	rows  []row
	left  int   // how many columns, from the first, are aligned left
	least []int // how wide columns are at least
	most  int   // how wide all but the first may be; 0 means widest
}

type row struct {
	cells []string
	head  bool
}

func (t *table) head(cells ...string) { t.rows = append(t.rows, row{cells, true}) }
func (t *table) add(cells ...string)  { t.rows = append(t.rows, row{cells, false}) }
func (t *table) gap()                 { t.rows = append(t.rows, row{}) }

func (t *table) write(p *printer) {
	widths := t.widths(Width - p.indent)
	for _, r := range t.rows {
		cells := r.cells
		if len(cells) > 1 && width(cells[0]) > widths[0] {
			p.line("%s", clip(cells[0], Width-p.indent))
			cells = append([]string{""}, cells[1:]...)
		}
		var line strings.Builder
		for i, cell := range cells {
			limit := widths[i]
			if len(cells) == 1 {
				limit = Width - p.indent
			}
			line.WriteString(t.pad(p, i, clip(cell, limit), widths[i], r.head))
		}
		p.line("%s", line.String())
	}
}

// pad brings a cell to its width. Colour is put on after measuring.
func (t *table) pad(p *printer, column int, cell string, columns int, head bool) string {
	space := strings.Repeat(" ", max(0, columns-width(cell)))
	if head {
		cell = p.style.paint(bold, cell)
	}
	gap := ""
	if column > 0 {
		gap = strings.Repeat(" ", between)
	}
	if column < t.left {
		return gap + cell + space
	}
	return gap + space + cell
}

func (t *table) widths(room int) []int {
	var widths []int
	for _, r := range t.rows {
		for i, cell := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
				if i < len(t.least) {
					widths[i] = t.least[i]
				}
			}
			if len(r.cells) > 1 { // a cell alone in its row may run through
				widths[i] = max(widths[i], width(cell))
			}
		}
	}
	for i := 1; i < len(widths); i++ {
		widths[i] = min(widths[i], cmp.Or(t.most, widest))
		room -= widths[i] + between
	}
	if len(widths) > 0 {
		widths[0] = min(widths[0], max(room, 8))
	}
	return widths
}
