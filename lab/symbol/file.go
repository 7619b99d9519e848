// Package symbol names the addresses of programs: which Go functions, inlined ones
// included, and which source lines an address belongs to. A file is read as far as
// it takes: its DWARF if it has any that is whole, else the tables that Go's own tracebacks use,
// else the symbols of its ELF file. It knows nothing of the kernel.
package symbol

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A Frame is one function at an address.
type Frame struct {
	Function string // with its whole import path: net.(*UDPConn).ReadFrom
	File     string // as the compiler was told it; "" if it is not known
	Line     int
	// Inlined tells that the compiler put the function into the one of the next frame.
	Inlined bool
}

// A File is an ELF file: an executable or a library. It is for one goroutine.
type File struct {
	elf    *elf.File
	closer io.Closer
	note   string
	damage error // why its DWARF cannot be read

	dwarf     *debugInfo // nil if it has none
	lines     *lineTable // nil if there is DWARF, or this is not Go
	functions elfSymbols
	known     map[uint64][]Frame // what was found so far: stacks have much in common
}

// Open opens a file by its name.
func Open(name string) (*File, error) {
	r, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read symbols: %w", err)
	}
	f, err := NewFile(r)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("%w: %s", err, name)
	}
	f.closer = r
	return f, nil
}

// ErrNotELF means that a file is no program that Linux runs by itself.
var ErrNotELF = errors.New("read symbols: not an ELF file")

// NewFile reads the symbols of an ELF file, of any architecture. What it reads stays in
// use until the File is closed.
func NewFile(r io.ReaderAt) (f *File, err error) {
	defer damaged(&err)
	e, err := elf.NewFile(r)
	var format *elf.FormatError
	switch {
	case errors.As(err, &format), errors.Is(err, io.EOF):
		return nil, ErrNotELF
	case err != nil:
		return nil, fmt.Errorf("read symbols: the file is damaged: %w", err)
	}
	f = &File{elf: e, functions: readELFSymbols(e), known: make(map[uint64][]Frame)}
	f.dwarf, f.damage = readDWARF(e)
	if f.dwarf == nil {
		f.lines = readLineTable(e)
	}
	f.note = f.missing()
	return f, nil
}

// damaged makes an error of a panic. The standard library's readers check what they
// read, but not all of it, and a learner may trace any file.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("read symbols: the file is damaged: %v", p)
	}
}

// damagedDWARF is the same where only the debug information cannot be read.
func damagedDWARF(d **debugInfo, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%v", p)
	}
	if *err != nil {
		*d = nil
	}
}

// Close closes a file that was opened by name.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Note says in a few words what cannot be known of the file's functions, or nothing.
func (f *File) Note() string { return f.note }

func (f *File) missing() string {
	switch {
	case f.dwarf != nil:
		return ""
	case f.damage != nil && f.lines != nil:
		return fmt.Sprintf("its debug information is damaged, so inlined calls do not show: %v", f.damage)
	case f.damage != nil:
		return fmt.Sprintf("its debug information is damaged, so source lines do not show: %v", f.damage)
	case f.lines != nil:
		return "built without debug information (-s or -w), so inlined calls do not show"
	case len(f.functions) > 0:
		return "names only, no source lines: not a Go program, or without debug information"
	}
	return "it has no symbols"
}

// Frames returns the functions at an address as it is linked: the innermost of those
// that were inlined there first, and last the one that has the stack frame. It returns
// nil if nothing is known.
//
// A return address is that of the instruction after the call, which may belong to the
// next line or function: look it up less one.
func (f *File) Frames(address uint64) []Frame {
	frames, known := f.known[address]
	if !known {
		frames = f.look(address)
		f.known[address] = frames
	}
	return frames
}

func (f *File) look(address uint64) (frames []Frame) {
	defer func() {
		if recover() != nil { // as for damaged
			frames = nil
		}
	}()
	if f.dwarf != nil {
		frames = f.dwarf.frames(address)
	}
	if frames == nil && f.lines != nil {
		frames = f.lines.frames(address)
	}
	if frames == nil {
		frames = f.functions.frames(address)
	}
	return frames
}

// Frameless tells whether the function at an address is the one through which Go makes
// its system calls. It is written in assembly and keeps no frame: when it is in the
// kernel, the address that it returns to is on top of the stack (amd64) or in the link
// register (arm64), and following frame pointers passes its caller over.
func (f *File) Frameless(address uint64) bool {
	frames := f.Frames(address)
	if len(frames) == 0 {
		return false
	}
	pkg, name, _ := strings.Cut(frames[len(frames)-1].Function, ".")
	switch pkg {
	case "internal/runtime/syscall/linux", // since Go 1.26
		"internal/runtime/syscall", // since Go 1.24
		"runtime/internal/syscall": // since Go 1.19
		return strings.TrimSuffix(name, ".abi0") == "Syscall6"
	}
	return false
}

// Code returns the address at which the first executable segment is linked.
func (f *File) Code() uint64 {
	lowest := ^uint64(0)
	for _, p := range f.elf.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 {
			lowest = min(lowest, p.Vaddr)
		}
	}
	return lowest
}

// Address returns what an address of a process is in the file as it is linked, given
// the mapping that it lies in.
func (f *File) Address(m Mapping, address uint64) uint64 {
	at := address - m.Start + m.Offset
	for _, p := range f.elf.Progs {
		if p.Type == elf.PT_LOAD && p.Off <= at && at-p.Off < p.Filesz {
			return at - p.Off + p.Vaddr
		}
	}
	return at
}
