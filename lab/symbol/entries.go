package symbol

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
)

// Debug information is a tree of entries. The readers of it, the standard library's and
// Delve's, call themselves for each level, and follow an entry to the one that it comes
// from for as long as there is one. What no compiler writes would take them all memory,
// which ends a program; so it is looked for first, and never given to them.
const (
	maxDepth   = 1000    // of entries within entries; Go's own are some tens
	maxOrigins = 16      // from entry to entry; Go's own are 1
	maxPieces  = 1 << 22 // of code, in a file; a large program has 100,000
	maxBytes   = 1 << 30 // of all sections, unpacked
)

var (
	errDepth   = errors.New("its entries are nested too deep")
	errOrigins = errors.New("its entries come from each other")
	errPieces  = errors.New("it has too many pieces of code")
	errEnd     = errors.New("it ends within an entry")
)

// readData reads the sections that names and lines are found by. It returns the entries'
// section, too.
func readData(e *elf.File) (data *dwarf.Data, info []byte, err error) {
	sections, total := make(map[string][]byte), uint64(0)
	for _, name := range []string{"abbrev", "info", "line", "ranges", "str", "addr", "line_str", "str_offsets", "rnglists"} {
		s := e.Section(".debug_" + name)
		if s == nil {
			if s = e.Section(".zdebug_" + name); s == nil {
				continue
			}
			s.Open() // finds out how large it is
		}
		if total += s.Size; s.Size > maxBytes || total > maxBytes {
			return nil, nil, fmt.Errorf("it is larger than %d MB", maxBytes>>20)
		}
		if sections[name], err = s.Data(); err != nil {
			return nil, nil, err
		}
	}
	info = sections["info"]
	data, err = dwarf.New(sections["abbrev"], nil, nil, info, sections["line"], nil, sections["ranges"], sections["str"])
	if err != nil {
		return nil, nil, err
	}
	for _, name := range []string{"addr", "line_str", "str_offsets", "rnglists"} { // since DWARF 5
		if err := data.AddSection(".debug_"+name, sections[name]); err != nil {
			return nil, nil, err
		}
	}
	return data, info, nil
}

// lastUnit returns where the last unit begins.
func lastUnit(info []byte, order binary.ByteOrder) (last dwarf.Offset) {
	for at := uint64(0); at+4 <= uint64(len(info)); {
		begins, length := at, uint64(order.Uint32(info[at:]))
		at += 4
		if length == 0xffffffff && at+8 <= uint64(len(info)) { // the long format
			length = order.Uint64(info[at:])
			at += 8
		}
		if length > uint64(len(info)) {
			break
		}
		if length > 0 {
			last = dwarf.Offset(begins)
		}
		at += length
	}
	return last
}

// walk visits all entries below the one that the reader has just read.
func walk(r *dwarf.Reader, top *dwarf.Entry, visit func(*dwarf.Entry) error) error {
	if !top.Children {
		return nil
	}
	for depth := 1; depth > 0; {
		entry, err := r.Next()
		switch {
		case err != nil:
			return err
		case entry == nil, entry.Tag == dwarf.TagCompileUnit:
			return errEnd
		case entry.Tag == 0:
			depth--
			continue
		}
		if err := visit(entry); err != nil {
			return err
		}
		if entry.Children {
			depth++
		}
		if depth > maxDepth {
			return errDepth
		}
	}
	return nil
}

// skip passes over all entries below the one that the reader has just read.
func skip(r *dwarf.Reader, top *dwarf.Entry) error {
	if next, ok := top.Val(dwarf.AttrSibling).(dwarf.Offset); ok && top.Children && next > top.Offset {
		r.Seek(next)
		return nil
	}
	return walk(r, top, func(*dwarf.Entry) error { return nil })
}

// checkTree tells whether an entry and all below it can be given to Delve's reader.
func checkTree(data *dwarf.Data, offset dwarf.Offset) error {
	r, origins := data.Reader(), data.Reader()
	r.Seek(offset)
	top, err := r.Next()
	if err != nil {
		return err
	}
	if top == nil {
		return errEnd
	}
	check := func(entry *dwarf.Entry) error { return checkOrigins(origins, entry) }
	if err := check(top); err != nil {
		return err
	}
	return walk(r, top, check)
}

// checkOrigins follows an entry to the one that it comes from, and so on.
func checkOrigins(r *dwarf.Reader, entry *dwarf.Entry) error {
	for range maxOrigins {
		from, ok := entry.Val(dwarf.AttrAbstractOrigin).(dwarf.Offset)
		if !ok {
			if from, ok = entry.Val(dwarf.AttrSpecification).(dwarf.Offset); !ok {
				return nil
			}
		}
		r.Seek(from)
		next, err := r.Next()
		if err != nil {
			return err
		}
		if next == nil {
			return nil
		}
		entry = next
	}
	return errOrigins
}
