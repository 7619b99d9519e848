package exercise

import (
	"slices"
	"strings"

	"dialpath/lab/plan"
	"dialpath/lab/trace"
)

// heapFunctions are by what a Go program asks the heap for memory, with the size as their
// first argument. The second name is of those that Go has for small sizes, one for each, and
// may call in place of the first: up to 1.26 only as an experiment.
var heapFunctions = []plan.GoFunction{{Name: mallocgc}, {Name: mallocgcOfSize}}

const (
	mallocgc       = "runtime.mallocgc"
	mallocgcOfSize = "runtime.mallocgc*[0-9]"
)

// allocations returns the calls by which the learner's program asked the heap for memory. If
// they are not known, why says so.
func (e Evidence) allocations() (all []trace.GoCall, why *Finding) {
	for _, name := range []string{mallocgc, mallocgcOfSize} {
		f, asked := e.GoFunction(name)
		if name == mallocgcOfSize && (!asked || f.Lack == trace.LacksFunction) {
			continue
		}
		if why := unwatched(name, f, asked); why != nil {
			return nil, why
		}
		all = append(all, f.Calls...)
	}
	all = slices.DeleteFunc(all, func(c trace.GoCall) bool { return c.Role != e.you || passedOn(c) || schedulers(c) })
	slices.SortStableFunc(all, func(a, b trace.GoCall) int { return int(a.Time - b.Time) })
	return all, nil
}

// unwatched says why it is not known of a function of the program's own how often it was
// called, and by whom; nil if it is.
func unwatched(name string, f trace.GoFunction, asked bool) *Finding {
	var why Finding
	switch {
	case !asked:
		why = unproved("this recording is of a lab that did not watch %s: check it again", name)
	case f.Lack == trace.LacksNames:
		why = unproved("the program has no names of its functions (built with -s?), so that %s cannot be watched", name)
	case f.Lack == trace.LacksFunction:
		why = unproved("the program has no function %s", name)
	case f.Lack != "":
		why = unproved("this kernel does not let %s be watched: it needs CONFIG_UPROBE_EVENTS", name)
	case f.Count > uint64(len(f.Calls)):
		why = unproved("%s was called more than %d times, and the lab keeps no more calls", name, len(f.Calls))
	default:
		return nil
	}
	return &why
}

// passedOn tells whether a call is one that another one, which was seen as well, made.
func passedOn(c trace.GoCall) bool {
	return len(c.Frames) > 1 && c.Frames[0].Name != mallocgc && c.Frames[1].Name == mallocgc
}

// schedulers tells whether it was for Go's scheduler that the heap was asked: for a thread, a
// goroutine, or a place in which to wait. When it takes these is a matter of what else the
// machine does, and it uses them again.
func schedulers(c trace.GoCall) bool {
	own := true
	for _, f := range c.Frames {
		if slices.Contains(schedulersFunctions, f.Name) {
			return true
		}
		own = own && isRuntime(f.Name)
	}
	return own && len(c.Frames) > 1
}

var schedulersFunctions = []string{"runtime.newproc1", "runtime.allocm", "runtime.startm", "runtime.acquireSudog"}

func isRuntime(function string) bool {
	return strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, "internal/runtime/")
}

// asker returns the innermost function on a call's stack that is not the runtime's: it asked
// for the memory.
func asker(c trace.GoCall) string {
	for _, f := range c.Frames {
		if !isRuntime(f.Name) {
			return f.Name
		}
	}
	return "somebody"
}

// stackOf returns a call of the program's own as a stack, to be shown.
func stackOf(c trace.GoCall) *trace.Stack {
	return &trace.Stack{
		Function: c.Frames[0].Name, Thread: c.Thread, Role: c.Role, Context: trace.Process,
		Count: 1, First: c.Time, Frames: c.Frames,
	}
}
