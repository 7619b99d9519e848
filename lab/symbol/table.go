package symbol

import (
	"cmp"
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"slices"
	"sort"
)

// lineTable is the table by which Go's runtime prints tracebacks (pclntab). It is in
// every Go program, stripped ones too. It has the functions that have frames; of those
// inlined into them it knows the lines, but [gosym] does not tell whose they are.
type lineTable struct{ table *gosym.Table }

// readLineTable returns nil if there is none, as in programs that are not Go's.
func readLineTable(e *elf.File) *lineTable {
	for _, name := range []string{".gopclntab", ".data.rel.ro.gopclntab"} { // the latter in position independent programs
		section, text := e.Section(name), e.Section(".text")
		if section == nil || text == nil {
			continue
		}
		data, err := section.Data()
		if err != nil || !holdsFunctions(data, e.ByteOrder) {
			continue
		}
		if table, err := gosym.NewTable(nil, gosym.NewLineTable(data, goText(e, section.Addr))); err == nil {
			return &lineTable{table}
		}
	}
	return nil
}

// holdsFunctions tells whether a line table is long enough for the number of functions that
// it says to have, of at least eight bytes each. [gosym] takes memory for as many without
// asking.
func holdsFunctions(data []byte, order binary.ByteOrder) bool {
	const header = 8 // bytes: then comes the number
	return len(data) >= header+4 && uint64(order.Uint32(data[header:])) <= uint64(len(data))/8
}

// frames returns the function at an address. The line is left out where it is in
// another file than the function: it belongs to something inlined.
func (l *lineTable) frames(address uint64) []Frame {
	file, line, f := l.table.PCToLine(address)
	if f == nil || f.Name == "" {
		return nil
	}
	if own, _, _ := l.table.PCToLine(f.Entry); own != file {
		file, line = "", 0
	}
	return []Frame{{Function: f.Name, File: file, Line: line}}
}

// An elfSymbol is a function in the ELF symbol table: there is one in most files, for
// the linker's sake.
type elfSymbol struct {
	low, high uint64
	name      string
}

// elfSymbols are sorted by address.
type elfSymbols []elfSymbol

func readELFSymbols(e *elf.File) elfSymbols {
	static, _ := e.Symbols() // an error means that there are none
	dynamic, _ := e.DynamicSymbols()
	var all elfSymbols
	for _, s := range slices.Concat(static, dynamic) {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && s.Section != elf.SHN_UNDEF && s.Name != "" {
			all = append(all, elfSymbol{s.Value, s.Value + s.Size, s.Name})
		}
	}
	slices.SortStableFunc(all, func(a, b elfSymbol) int { return cmp.Compare(a.low, b.low) })
	return all
}

func (all elfSymbols) frames(address uint64) []Frame {
	i := sort.Search(len(all), func(i int) bool { return all[i].low > address }) - 1
	if i < 0 || address >= all[i].high {
		return nil
	}
	for i > 0 && all[i-1].low == all[i].low {
		i-- // of several names the first, as it comes in the file
	}
	return []Frame{{Function: all[i].name}}
}
