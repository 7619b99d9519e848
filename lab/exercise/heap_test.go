package exercise

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
)

// memory is a call for a number of bytes, by functions, leaf first.
func memory(bytes uint64, functions ...string) trace.GoCall {
	c := trace.GoCall{Role: trace.Client, Argument: bytes}
	for _, name := range functions {
		c.Frames = append(c.Frames, trace.Frame{Name: name, Kind: trace.User})
	}
	return c
}

// heapOf is the evidence of a program that asked the heap for memory.
func heapOf(functions ...trace.GoFunction) Evidence {
	return Evidence{&trace.Trace{GoFunctions: functions}, trace.Client}
}

// TestAllocations: what the program asks for counts, and each time once; what the scheduler
// takes for itself does not, whoever has it do so.
func TestAllocations(t *testing.T) {
	t.Parallel()
	e := heapOf(trace.GoFunction{Name: mallocgc, Count: 6, Calls: []trace.GoCall{
		memory(1, mallocgc, "runtime.makeslice", "main.main", "runtime.main"),
		memory(2, mallocgc, "runtime.newobject", "runtime.malg", "runtime.newproc1", "runtime.newproc", "main.main"),
		memory(3, mallocgc, "runtime.newobject", "runtime.acquireSudog", "runtime.chanrecv", "main.main"),
		memory(4, mallocgc, "runtime.newobject", "runtime.bgscavenge", "runtime.goexit"),
		memory(5, mallocgc),
		{Role: trace.Server, Argument: 6, Frames: []trace.Frame{{Name: mallocgc}}},
	}}, trace.GoFunction{Name: mallocgcOfSize, Count: 2, Calls: []trace.GoCall{
		memory(7, "runtime.mallocgcSmallNoScanSC2", mallocgc, "main.main"),
		memory(8, "runtime.mallocgcSmallNoScanSC2", "runtime.newobject", "main.main"),
	}})
	all, why := e.allocations()
	var bytes []uint64
	for _, c := range all {
		bytes = append(bytes, c.Argument)
	}
	if diff := cmp.Diff([]uint64{1, 5, 8}, bytes); diff != "" || why != nil {
		t.Errorf("%v (-want +got):\n%s", why, diff)
	}
	if got := asker(all[0]); got != "main.main" {
		t.Errorf("asked by %s", got)
	}
}

// TestUnwatched: what was not seen is not proved, and the reason is said.
func TestUnwatched(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]Evidence{
		"this recording is of a lab that did not watch": heapOf(),
		"no names of its functions":                     heapOf(trace.GoFunction{Name: mallocgc, Lack: trace.LacksNames}),
		"the program has no function":                   heapOf(trace.GoFunction{Name: mallocgc, Lack: trace.LacksFunction}),
		"this kernel does not let":                      heapOf(trace.GoFunction{Name: mallocgc, Lack: trace.LacksProbe}),
		"called more than 0 times":                      heapOf(trace.GoFunction{Name: mallocgc, Count: 1}),
	} {
		_, why := e.allocations()
		if why == nil || !why.Unproved || !strings.Contains(why.Saw, want) {
			t.Errorf("want %q, got %v", want, why)
		}
	}
	if _, why := heapOf(trace.GoFunction{Name: mallocgc}, trace.GoFunction{Name: mallocgcOfSize, Lack: trace.LacksFunction}).allocations(); why != nil {
		t.Error("all was watched, but", why)
	}
}
