package probes

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strconv"
)

// ErrHidden means that the kernel shows addresses to nobody here, so that stacks
// would be bare numbers.
var ErrHidden = errors.New("/proc/kallsyms shows no addresses: be root, and set the sysctl kernel.kptr_restrict to 0 or 1")

// Symbols maps kernel addresses to the functions that they lie in.
type Symbols struct {
	starts []uint64 // ascending
	names  []string // names[i] begins at starts[i]

	textStart, textEnd uint64 // of the kernel itself, without its modules; 0 if it does not say
}

// LoadSymbols reads the running kernel's functions from /proc/kallsyms. It fails
// with [ErrHidden] when the addresses are withheld.
func LoadSymbols() (*Symbols, error) {
	f, err := os.Open("/proc/kallsyms")
	if err != nil {
		return nil, fmt.Errorf("read kernel symbols: %w", err)
	}
	defer f.Close()
	return readSymbols(f)
}

func readSymbols(r io.Reader) (*Symbols, error) {
	s := new(Symbols)
	err := eachSymbol(r, func(address uint64, name []byte) {
		s.starts = append(s.starts, address)
		s.names = append(s.names, string(name))
		switch string(name) {
		case "_stext":
			s.textStart = address
		case "_etext":
			s.textEnd = address
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read kernel symbols: %w", err)
	}
	if len(s.starts) == 0 || s.starts[len(s.starts)-1] == 0 {
		return nil, ErrHidden
	}
	sort.Stable(s)
	return s, nil
}

// Len, Less and Swap sort by address. Of several names for one address the first
// in the file stays first.
func (s *Symbols) Len() int           { return len(s.starts) }
func (s *Symbols) Less(i, j int) bool { return s.starts[i] < s.starts[j] }
func (s *Symbols) Swap(i, j int) {
	s.starts[i], s.starts[j] = s.starts[j], s.starts[i]
	s.names[i], s.names[j] = s.names[j], s.names[i]
}

// Lookup returns the function that holds address, and how many bytes from its
// start that is. A return address must be looked up less one: a call may be the
// last instruction of its function.
func (s *Symbols) Lookup(address uint64) (name string, offset uint64, ok bool) {
	i, exact := slices.BinarySearch(s.starts, address)
	if !exact {
		i--
	}
	if i < 0 {
		return "", 0, false
	}
	for i > 0 && s.starts[i-1] == s.starts[i] {
		i--
	}
	return s.names[i], address - s.starts[i], true
}

// own tells whether an address lies in the kernel's own text.
func (s *Symbols) own(address uint64) bool { return s.textStart <= address && address < s.textEnd }

// eachSymbol calls yield with each function of a file in the form of
// /proc/kallsyms: "ffffffff81000000 T _stext", and a module's name in brackets
// for those of modules. The name is only good until yield returns.
func eachSymbol(r io.Reader, yield func(address uint64, name []byte)) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 64<<10), 64<<10)
	for scanner.Scan() {
		line := scanner.Bytes()
		hex, rest, ok := bytes.Cut(line, []byte(" "))
		if !ok || len(rest) < 3 {
			return fmt.Errorf("line %q is not address, type and name", line)
		}
		switch rest[0] {
		case 't', 'T', 'w', 'W': // text: local, global, weak
		default:
			continue
		}
		address, err := strconv.ParseUint(string(hex), 16, 64)
		if err != nil {
			return fmt.Errorf("line %q has no address", line)
		}
		name, _, _ := bytes.Cut(rest[2:], []byte("\t"))
		yield(address, name)
	}
	return scanner.Err()
}
