package probes

import (
	"debug/elf"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/cilium/ebpf/link"
)

// A GoFunction is one of the traced program's own that is to be watched, by a uprobe.
type GoFunction struct {
	Pattern string // its name, or a glob of names: runtime.mallocgc
	Text    bool   // its first argument is a string
}

// maxGoFunctions is how many there can be, and maxGoCalls how many calls of each are seen
// one by one: MAX_GO_FUNCTIONS and MAX_GO_CALLS in bpf/golang.h.
const (
	maxGoFunctions = 8
	maxGoCalls     = 4096
)

// A GoCall is one call of such a function.
type GoCall struct {
	Function int   // which of the options'
	Time     int64 // ns of CLOCK_MONOTONIC
	Thread
	Role     Role
	Argument uint64 // the first; of a string its address
	Text     string // the string, its first 64 bytes
	Program  Program
}

// A Lack is why a function of a program's own could not be watched. The zero Lack means
// that it could.
type Lack string

// What may be lacking.
const (
	LacksFunction Lack = "function" // the program has names, and no function of that one
	LacksNames    Lack = "names"    // nobody knows which functions the program has
	LacksProbe    Lack = "probe"    // the kernel refused
)

// AttachProgram watches the functions of [Options.GoFunctions] in a program that is about to
// run, given its file. It returns what is lacking of each.
func (s *Session) AttachProgram(file string) ([]Lack, error) {
	if err := s.DetachProgram(); err != nil {
		return nil, err
	}
	lacks := make([]Lack, len(s.options.GoFunctions))
	names := functionNames(file)
	if len(names) == 0 {
		for i := range lacks {
			lacks[i] = LacksNames
		}
		return lacks, nil
	}
	executable, err := link.OpenExecutable(file)
	if err != nil {
		return nil, fmt.Errorf("watch the functions of a program: %w", err)
	}
	for i, f := range s.options.GoFunctions {
		lacks[i] = s.attachGo(executable, i, f, names)
	}
	return lacks, nil
}

func (s *Session) attachGo(executable *link.Executable, number int, f GoFunction, names []string) Lack {
	lack := LacksFunction
	cookie := uint64(number)
	if f.Text {
		cookie |= uint64(bpfGoCookieGO_TEXT)
	}
	for _, name := range names {
		if ok, _ := path.Match(f.Pattern, name); !ok {
			continue
		}
		l, err := executable.Uprobe(name, s.objects.Programs[bpfProgGoFunction], &link.UprobeOptions{Cookie: cookie})
		if err != nil {
			return LacksProbe
		}
		s.inProgram = append(s.inProgram, l)
		lack = ""
	}
	return lack
}

// DetachProgram ends what [Session.AttachProgram] began.
func (s *Session) DetachProgram() error {
	var errs []error
	for _, l := range s.inProgram {
		errs = append(errs, l.Close())
	}
	s.inProgram = nil
	return errors.Join(errs...)
}

// functionNames returns the names of all functions in a program's symbol table: none if it
// was stripped, or is no program at all.
func functionNames(file string) (names []string) {
	defer func() {
		if recover() != nil { // the standard library does not check all that it reads
			names = nil
		}
	}()
	e, err := elf.Open(file)
	if err != nil {
		return nil
	}
	defer e.Close()
	symbols, _ := e.Symbols() // an error means that there are none
	for _, s := range symbols {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && s.Value != 0 {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func goCall(g *bpfGoEvent) GoCall {
	return GoCall{
		Function: int(g.Function),
		Time:     int64(g.Time),
		Thread:   Thread{int(g.Pid), int(g.Tid), text(g.Comm[:])},
		Role:     Role(g.Role),
		Argument: g.Args[0],
		Text:     string(g.Text[:min(int(g.TextLength), len(g.Text))]),
		Program: Program{
			Frames:     slices.Clone(taken(g.Frames[:], g.StackBytes)),
			LeafCaller: g.Caller,
			Entered:    true,
			Executable: g.Executable,
			Code:       g.Code,
		},
	}
}

// readGoCounts adds how often each of the functions was called.
func (s *Session) readGoCounts(seen *Seen) error {
	for i := range s.options.GoFunctions {
		var count bpfGoCount
		if err := s.objects.Maps[bpfMapGoCounts].Lookup(uint32(i), &count); err != nil {
			return fmt.Errorf("read counts of the program's functions: %w", err)
		}
		seen.GoCounts = append(seen.GoCounts, count.Calls)
	}
	return nil
}

// forgetGoCounts sets them to zero.
func (s *Session) forgetGoCounts() error {
	for i := range s.options.GoFunctions {
		if err := s.objects.Maps[bpfMapGoCounts].Put(uint32(i), bpfGoCount{}); err != nil {
			return fmt.Errorf("clear counts of the program's functions: %w", err)
		}
	}
	return nil
}
