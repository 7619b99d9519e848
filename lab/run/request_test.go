package run

import (
	"context"
	"errors"
	"testing"

	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// TestRecorded: of recordings alone traces are had without root, in the order of the targets.
func TestRecorded(t *testing.T) {
	t.Parallel()
	a, b := new(trace.Trace), new(trace.Trace)
	done, cancel := context.WithCancel(t.Context())
	cancel() // nothing is made that could be interrupted
	failed := errors.New("it cannot be shown")
	err := Traces(done, Request{Backend: "magic", Targets: Recorded([]*trace.Trace{a, b})}, func(all []*trace.Trace) error {
		if len(all) != 2 || all[0] != a || all[1] != b {
			t.Errorf("it hands over %v", all)
		}
		return failed
	})
	if err != failed {
		t.Errorf("error %v, want %v", err, failed)
	}
}

// TestTogether: recordings that were made come between those that there were.
func TestTogether(t *testing.T) {
	t.Parallel()
	first, second, third := new(trace.Trace), new(trace.Trace), new(trace.Trace)
	run := Workloads(workload.All()[:2], 3)
	got := Request{Targets: []Target{run[0], {Trace: second}, run[1]}}.together([]*trace.Trace{first, third})
	if len(got) != 3 || got[0] != first || got[1] != second || got[2] != third {
		t.Errorf("the order is %v", got)
	}
	if run[0].Workload.Name == run[1].Workload.Name || run[1].Times != 3 {
		t.Errorf("the workloads are %+v", run)
	}
}
