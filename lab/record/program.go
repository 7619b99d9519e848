package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"dialpath/lab/stage"
	"dialpath/lab/symbol"
)

// A program is a file that a traced process runs. It is kept open: when its functions
// are named, the process may have ended, and the file be gone.
type program struct {
	name    string
	file    *os.File
	symbols *symbol.File // nil until needed
	err     error        // why there are none
}

// programs are known by the inode number of their files, which is what the kernel's
// part of a stack comes with.
type programs struct {
	mu     sync.Mutex // see is called while events are read
	byFile map[uint64]*program
}

// maxPrograms bounds the open files where everybody is traced.
const maxPrograms = 256

func newPrograms() *programs { return &programs{byFile: make(map[uint64]*program)} }

// see looks at the program that a process runs now.
func (p *programs) see(pid int) {
	link := fmt.Sprintf("/proc/%d/exe", pid)
	name, _ := os.Readlink(link)
	p.open(link, strings.TrimSuffix(name, " (deleted)"))
}

// expect looks at the program that a target will run, if it is known already.
func (p *programs) expect(target stage.Target) {
	switch {
	case target.Workload != nil:
		p.see(os.Getpid())
	case target.PID != 0:
		p.see(target.PID)
	case target.Trial != nil:
		p.open(target.Trial.Program, target.Trial.Program)
	case target.Command != nil:
		if path, err := stage.LookPath(target.Command[0]); err == nil {
			p.open(path, path)
		}
	}
}

// open keeps a program's file. One that is not there any more stays unknown, and its
// functions have no names.
func (p *programs) open(path, name string) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return
	}
	inode := info.Sys().(*syscall.Stat_t).Ino
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byFile[inode] != nil || len(p.byFile) == maxPrograms {
		file.Close()
		return
	}
	p.byFile[inode] = &program{name: filepath.Base(name), file: file}
}

// running returns the program with that inode number, with its symbols, or nil.
func (p *programs) running(inode uint64) *program {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.byFile[inode]
	if one != nil && one.symbols == nil && one.err == nil {
		one.symbols, one.err = symbol.NewFile(one.file)
	}
	return one
}

func (p *programs) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.byFile {
		if one.symbols != nil {
			one.symbols.Close()
		}
		one.file.Close()
	}
}
