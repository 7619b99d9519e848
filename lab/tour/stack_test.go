package tour

import (
	"testing"

	"dialpath/lab/trace"
)

// TestTracepointStacks holds that tracepoints alone prove claim 6: their stacks
// pass through the functions that it is about.
func TestTracepointStacks(t *testing.T) {
	t.Parallel()
	ts := dialed(t)
	read, err := trace.Load("../view/testdata/tracepoint.json")
	if err != nil {
		t.Fatal(err)
	}
	ts[udpByDialUDP] = read[0]
	v := Judge(claim(t, 6), ts)
	if v.Mark != Changed || len(v.Stacks) != 1 {
		t.Fatalf("%+v", v)
	}
	if v.Changes[0].Now != "udp_connect" || v.Changes[0].Since != "Linux 6.13" {
		t.Errorf("first change: %v", v.Changes[0])
	}
}

// TestProcessContextFirst holds that of two stacks through connect(2) the one in
// process context is the proof, not the answer to what came back.
func TestProcessContextFirst(t *testing.T) {
	t.Parallel()
	v := Judge(claim(t, 5), dialed(t))
	if len(v.Stacks) != 1 || v.Stacks[0].Context != trace.Process {
		t.Errorf("%+v", v.Stacks)
	}
}

// TestStackWithoutLeaf holds that a stack counts whose backend left out the probed
// function itself.
func TestStackWithoutLeaf(t *testing.T) {
	t.Parallel()
	ts := dialed(t)
	for i, s := range ts[udpByDialUDP].Stacks {
		ts[udpByDialUDP].Stacks[i].Frames = s.Frames[1:]
	}
	v := Judge(claim(t, 6), ts)
	if v.Mark == NotSeen || v.Notes[0] != ts[udpByDialUDP].Stacks[0].Function+" ran inside connect(2)" {
		t.Errorf("%+v", v)
	}
	ts[udpByDialUDP].Stacks[0].Frames = nil
	if v := Judge(claim(t, 6), ts); v.Mark != NotSeen {
		t.Errorf("a stack without any frame proves nothing: %+v", v)
	}
}
