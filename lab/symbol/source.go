package symbol

import (
	"debug/dwarf"
	"slices"
)

// Sources returns the source files of the packages that keep admits, by their import
// paths, as the compiler was told their names; none for a file without DWARF.
func (f *File) Sources(keep func(pkg string) bool) (files []string) {
	defer func() {
		if recover() != nil { // as for damaged
			files = nil
		}
	}()
	if f.dwarf == nil {
		return nil
	}
	var seen []*unit
	for _, s := range f.dwarf.spans {
		name, _ := s.unit.entry.Val(dwarf.AttrName).(string)
		if slices.Contains(seen, s.unit) || !keep(name) {
			continue
		}
		seen = append(seen, s.unit)
		lines, err := f.dwarf.data.LineReader(s.unit.entry)
		if err != nil || lines == nil {
			continue
		}
		for _, file := range lines.Files() {
			if file != nil {
				files = append(files, file.Name)
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}
