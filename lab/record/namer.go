package record

import (
	"fmt"
	"path/filepath"
	"slices"

	"dialpath/lab/symbol"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// A namer names the programs' parts of the stacks of one window.
type namer struct {
	programs  *programs
	processes map[int]symbol.Maps     // what is mapped in those that are still there
	libraries map[string]*symbol.File // by path; nil for one that cannot be read
	notes     map[string]bool
}

func (p *programs) namer() *namer {
	return &namer{p, make(map[int]symbol.Maps), make(map[string]*symbol.File), make(map[string]bool)}
}

// frames names what is below the system call, leaf first. A function that was
// inlined into another comes before it.
func (n *namer) frames(pid int, stack probes.Program) []trace.Frame {
	var frames []trace.Frame
	for i, address := range stack.Frames {
		at := address
		if i > 0 {
			at-- // a return address
		}
		file, linked := n.find(pid, stack, at)
		frames = append(frames, named(file, address, linked)...)
		if i == 0 && (stack.Entered || file != nil && file.Frameless(linked)) {
			file, linked := n.find(pid, stack, stack.LeafCaller-1)
			frames = append(frames, named(file, stack.LeafCaller, linked)...)
		}
	}
	return frames
}

// named returns the frames at an address of a file: more than one if functions were
// inlined there, and a bare number if nothing is known.
func named(file *symbol.File, address, linked uint64) []trace.Frame {
	var frames []trace.Frame
	if file != nil {
		for _, f := range file.Frames(linked) {
			frames = append(frames, trace.Frame{
				Name: f.Function, Kind: trace.User,
				File: f.File, Line: f.Line, Inlined: f.Inlined,
			})
		}
	}
	if frames == nil {
		frames = []trace.Frame{{Name: fmt.Sprintf("%#x", address), Kind: trace.User}}
	}
	return frames
}

// find returns the file that holds an address of a process, and the address as it is
// linked there. The executable is known by its inode and by where its code begins, so
// also when the process has ended; libraries only while it is there.
func (n *namer) find(pid int, stack probes.Program, address uint64) (*symbol.File, uint64) {
	exe := n.programs.running(stack.Executable)
	if exe != nil && exe.err != nil {
		n.notes[exe.name+": "+exe.err.Error()] = true
	}
	if exe != nil && exe.symbols != nil {
		linked := address - stack.Code + exe.symbols.Code()
		if exe.symbols.Frames(linked) != nil {
			n.note(exe.name, exe.symbols)
			return exe.symbols, linked
		}
	}
	maps, known := n.processes[pid]
	if !known {
		maps, _ = symbol.ReadMaps(pid) // none, if it has ended
		n.processes[pid] = maps
	}
	m, ok := maps.Find(address)
	if !ok || m.Path == "" || exe != nil && m.Inode == stack.Executable {
		return nil, 0
	}
	library := n.library(pid, m.Path)
	if library == nil {
		return nil, 0
	}
	n.note(filepath.Base(m.Path), library)
	return library, library.Address(m, address)
}

// library opens a file that a process has mapped, as the process sees it.
func (n *namer) library(pid int, path string) *symbol.File {
	key := fmt.Sprintf("/proc/%d/root%s", pid, path)
	file, known := n.libraries[key]
	if !known {
		file, _ = symbol.Open(key) // one that cannot be read has no names to give
		n.libraries[key] = file
	}
	return file
}

// note remembers what cannot be known of a file.
func (n *namer) note(name string, file *symbol.File) {
	if text := file.Note(); text != "" {
		n.notes[name+": "+text] = true
	}
}

// end closes the libraries, and returns the notes in a stable order.
func (n *namer) end() []string {
	for _, file := range n.libraries {
		if file != nil {
			file.Close()
		}
	}
	var notes []string
	for note := range n.notes {
		notes = append(notes, note)
	}
	slices.Sort(notes)
	return notes
}
