// Program prints what it knows of its own stack, and where it is mapped. What a reader
// of its file finds out must be the same.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// A frame is one function on the stack, as the runtime sees it.
type frame struct {
	PC       uint64 // of the call
	Function string
	File     string
	Line     int
	Inlined  bool
}

// foreign is the address of a function that is not Go's; 0 without cgo.
var foreign uint64

func main() {
	var frames []frame
	newShape(3).measure(func(n int) {
		frames = twice(n, stack)
	})
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"Frames": frames, "Maps": string(maps), "Foreign": foreign})
}

type shape struct{ side int }

func newShape(side int) *shape { return &shape{side} } // inlined

// measure is not inlined: it calls itself.
func (s *shape) measure(use func(int)) {
	if s.side > 0 {
		s.side--
		s.measure(use)
		return
	}
	s.area(use)
}

// area is inlined, and calls what is given to it.
func (s *shape) area(use func(int)) { use(s.side * s.side) }

// twice is generic, and inlined twice over.
func twice[T int | int64](n T, use func() []frame) []frame { return once(n, use) }

func once[T int | int64](n T, use func() []frame) []frame {
	// From another package, and so from another file.
	var frames []frame
	strings.Map(func(r rune) rune {
		frames = use()
		return r
	}, "x")
	return frames
}

//go:noinline
func stack() []frame {
	pcs := make([]uintptr, 64)
	pcs = pcs[:runtime.Callers(1, pcs)]
	var frames []frame
	for next := runtime.CallersFrames(pcs); ; {
		f, more := next.Next()
		frames = append(frames, frame{uint64(f.PC), f.Function, f.File, f.Line, f.Func == nil})
		if !more {
			return frames
		}
	}
}
