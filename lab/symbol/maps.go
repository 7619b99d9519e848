package symbol

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
)

// A Mapping is a part of a file in a process's memory.
type Mapping struct {
	Start, End uint64 // addresses in the process, the end excluded
	Offset     uint64 // of Start in the file, in bytes
	Inode      uint64 // of the file; 0 for memory of no file
	Path       string // of the file as the process sees it, or a name like [vdso]
}

// Maps are the mappings of a process, by address.
type Maps []Mapping

// ReadMaps reads what a running process has mapped.
func ReadMaps(pid int) (Maps, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, fmt.Errorf("read mappings: %w", err)
	}
	defer f.Close()
	return parseMaps(f)
}

// parseMaps reads lines like
//
//	7f1c2a000000-7f1c2a021000 r-xp 00001000 fe:01 4711   /usr/lib/libc.so.6
func parseMaps(r io.Reader) (Maps, error) {
	var maps Maps
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		m, err := parseMapping(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("read mappings: line %q: %w", lines.Text(), err)
		}
		maps = append(maps, m)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read mappings: %w", err)
	}
	return maps, nil
}

func parseMapping(line []byte) (m Mapping, err error) {
	// The path comes last, and may have spaces in it.
	fields := bytes.SplitN(line, []byte(" "), 6)
	if len(fields) < 5 {
		return m, fmt.Errorf("%d fields, not 5 or 6", len(fields))
	}
	start, end, _ := bytes.Cut(fields[0], []byte("-"))
	for _, number := range []struct {
		text []byte
		base int
		to   *uint64
	}{{start, 16, &m.Start}, {end, 16, &m.End}, {fields[2], 16, &m.Offset}, {fields[4], 10, &m.Inode}} {
		if *number.to, err = strconv.ParseUint(string(number.text), number.base, 64); err != nil {
			return m, fmt.Errorf("%q is no number", number.text)
		}
	}
	if len(fields) == 6 {
		m.Path = string(bytes.TrimLeft(fields[5], " "))
	}
	return m, nil
}

// Find returns the mapping that holds an address.
func (all Maps) Find(address uint64) (Mapping, bool) {
	i := slices.IndexFunc(all, func(m Mapping) bool { return m.Start <= address && address < m.End })
	if i < 0 {
		return Mapping{}, false
	}
	return all[i], true
}
