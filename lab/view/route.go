package view

import (
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// A route is the way by which a function was reached, from the system call, or the
// softirq's own function, on. What comes before is the same for all.
type route struct {
	caller    string   // function of the program that made the system call, "" if not known
	call      string   // as the manual names it: connect(2); "" in a softirq
	functions []string // of the kernel, callers first
}

// names returns the names on the route, of which no two stand for the same on another.
func (r route) names() []string {
	switch {
	case r.call == "":
		return r.functions
	case r.caller == "":
		return append([]string{r.call}, r.functions...)
	}
	return append([]string{r.caller + ": " + r.call}, r.functions...)
}

func routeOf(s trace.Stack) route {
	var r route
	for _, f := range slices.Backward(s.Frames) {
		call, wrapper := kernel.SyscallOf(f.Name)
		switch {
		case f.Kind != trace.Kernel:
			if isCaller(f) {
				r.caller = f.Name
			}
		case kernel.IsEntry(f.Name):
			r.call, r.functions = "", nil
		case wrapper:
			r.call, r.functions = call, nil
		default:
			if call != "" && r.call == "" && len(r.functions) == 0 {
				r.call = call // the wrapper ended in a jump, and left no frame
			}
			r.functions = append(r.functions, f.Name)
		}
	}
	if n := len(r.functions); n == 0 || r.functions[n-1] != s.Function {
		r.functions = append(r.functions, s.Function) // a tracepoint is no function, and has no frame
	}
	return r
}

// isCaller tells whether a frame is a Go function that may head a tree: neither of the
// packages that only pass system calls on, nor of those that call them.
func isCaller(f trace.Frame) bool {
	if strings.HasPrefix(f.Name, "0x") || !strings.Contains(f.Name, ".") {
		return false
	}
	for _, passing := range []string{"syscall.", "internal/", "runtime/internal/", "golang.org/x/sys/", "vendor/golang.org/x/sys/"} {
		if strings.HasPrefix(f.Name, passing) {
			return false
		}
	}
	return true
}
