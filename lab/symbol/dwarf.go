package symbol

import (
	"cmp"
	"debug/dwarf"
	"debug/elf"
	"errors"
	"io"
	"slices"
	"sort"

	"github.com/go-delve/delve/pkg/dwarf/godwarf"
	"github.com/go-delve/delve/pkg/dwarf/reader"
)

// debugInfo is a file's DWARF. Reading all of it would take seconds; so at first only
// the compilation units are listed (a Go package is one), and the rest is read when an
// address in it is asked for.
type debugInfo struct {
	data  *dwarf.Data
	spans []span // of the units, by address
}

// A span is a range of addresses that belongs to a unit.
type span struct {
	low, high uint64
	unit      *unit
}

// readDWARF returns nil if the file has no DWARF, as if it was built with -w.
func readDWARF(e *elf.File) (d *debugInfo, err error) {
	defer damagedDWARF(&d, &err)
	has := func(name string) bool { return e.Section(".debug_"+name) != nil || e.Section(".zdebug_"+name) != nil }
	if !has("info") || !has("line") {
		return nil, nil
	}
	data, info, err := readData(e)
	if err != nil {
		return nil, err
	}
	d = &debugInfo{data: data}
	r, last := data.Reader(), lastUnit(info, e.ByteOrder)
	for {
		entry, err := r.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			break
		}
		if entry.Tag == dwarf.TagCompileUnit {
			if err := d.addUnit(entry); err != nil {
				return nil, err
			}
		}
		if entry.Offset > last {
			break
		}
		if entry.Tag == dwarf.TagCompileUnit || entry.Tag == dwarf.TagPartialUnit {
			r.SkipChildren() // to the next unit, at once
		} else if err := skip(r, entry); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(d.spans, func(a, b span) int { return cmp.Compare(a.low, b.low) })
	return d, nil
}

func (d *debugInfo) addUnit(entry *dwarf.Entry) error {
	ranges, err := d.data.Ranges(entry)
	if err != nil {
		return err
	}
	u := &unit{entry: entry}
	for _, r := range ranges {
		d.spans = append(d.spans, span{r[0], r[1], u})
	}
	if len(d.spans) > maxPieces {
		return errPieces
	}
	return nil
}

// A unit is one compilation unit.
type unit struct {
	entry     *dwarf.Entry
	read      bool // what follows has been
	functions []function
	rows      []row
	files     []*dwarf.LineFile
}

// A function is a piece of code of one function.
type function struct {
	low, high uint64
	offset    dwarf.Offset  // of its entry
	tree      *godwarf.Tree // with the functions inlined in it; nil until needed
}

// A row says which line the code from an address on comes from.
type row struct {
	address uint64
	file    string
	line    int
	end     bool // no line: the code ends here
}

// frames returns the frames at an address, as [File.Frames] does. The position in the
// line table is that of the innermost function. Where each of the inlined ones was
// called is with its entry, and so is the position of the next.
func (d *debugInfo) frames(address uint64) []Frame {
	u := d.unit(address)
	if u == nil {
		return nil
	}
	if !u.read {
		u.read = true
		if u.load(d.data) != nil {
			u.functions = nil // damaged: nothing is known of it
		}
	}
	f := u.function(address)
	if f == nil {
		return nil
	}
	if f.tree == nil {
		if checkTree(d.data, f.offset) != nil {
			return nil
		}
		tree, err := godwarf.LoadTree(f.offset, d.data, 0)
		if err != nil {
			return nil
		}
		f.tree = tree
	}
	var frames []Frame
	file, line := u.position(address)
	for _, inlined := range reader.InlineStack(f.tree, address) {
		name, _ := inlined.Val(dwarf.AttrName).(string)
		callFile, hasFile := inlined.Val(dwarf.AttrCallFile).(int64)
		callLine, hasLine := inlined.Val(dwarf.AttrCallLine).(int64)
		if name == "" || !hasFile || !hasLine || callFile < 0 || callFile >= int64(len(u.files)) || u.files[callFile] == nil {
			break
		}
		frames = append(frames, Frame{Function: name, File: file, Line: line, Inlined: true})
		file, line = u.files[callFile].Name, int(callLine)
	}
	name, _ := f.tree.Val(dwarf.AttrName).(string)
	if name == "" {
		return nil
	}
	return append(frames, Frame{Function: name, File: file, Line: line})
}

// unit returns the unit that holds an address, or nil.
func (d *debugInfo) unit(address uint64) *unit {
	i := sort.Search(len(d.spans), func(i int) bool { return d.spans[i].low > address }) - 1
	if i < 0 || address >= d.spans[i].high {
		return nil
	}
	return d.spans[i].unit
}

// load lists the unit's functions and reads its line table.
func (u *unit) load(data *dwarf.Data) error {
	r := data.Reader()
	r.Seek(u.entry.Offset)
	r.Next()
	for {
		entry, err := r.Next()
		if err != nil {
			return err
		}
		if entry == nil || entry.Tag == 0 || entry.Tag == dwarf.TagCompileUnit {
			break
		}
		if entry.Tag == dwarf.TagSubprogram {
			ranges, err := data.Ranges(entry)
			if err != nil {
				return err
			}
			for _, r := range ranges {
				u.functions = append(u.functions, function{low: r[0], high: r[1], offset: entry.Offset})
			}
			if len(u.functions) > maxPieces {
				return errPieces
			}
		}
		if err := skip(r, entry); err != nil {
			return err
		}
	}
	slices.SortFunc(u.functions, func(a, b function) int { return cmp.Compare(a.low, b.low) })
	return u.loadLines(data)
}

func (u *unit) loadLines(data *dwarf.Data) error {
	lines, err := data.LineReader(u.entry)
	if err != nil || lines == nil {
		return err
	}
	var entry dwarf.LineEntry
	for {
		err := lines.Next(&entry)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r := row{address: entry.Address, line: entry.Line, end: entry.EndSequence}
		if entry.File != nil {
			r.file = entry.File.Name
		}
		u.rows = append(u.rows, r)
	}
	// Where a piece of code ends another may begin, which counts.
	slices.SortStableFunc(u.rows, func(a, b row) int {
		if c := cmp.Compare(a.address, b.address); c != 0 || a.end == b.end {
			return c
		}
		if a.end {
			return -1
		}
		return 1
	})
	u.files = lines.Files()
	return nil
}

// function returns the function that holds an address, or nil.
func (u *unit) function(address uint64) *function {
	i := sort.Search(len(u.functions), func(i int) bool { return u.functions[i].low > address }) - 1
	if i < 0 || address >= u.functions[i].high {
		return nil
	}
	return &u.functions[i]
}

// position returns the line that the code at an address comes from.
func (u *unit) position(address uint64) (file string, line int) {
	i := sort.Search(len(u.rows), func(i int) bool { return u.rows[i].address > address }) - 1
	if i < 0 || u.rows[i].end {
		return "", 0
	}
	return u.rows[i].file, u.rows[i].line
}
