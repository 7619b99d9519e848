package record

import (
	"fmt"

	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// A recording can be cut into windows: while a debugger steps a program, each step is
// one. The target is admitted once, and [Recorder.Begin] and [Recorder.End] are called
// around each step.

// Begin opens a window.
func (r *Recorder) Begin() error {
	if err := r.session.Start(); err != nil {
		return fmt.Errorf("open the gate: %w", err)
	}
	return nil
}

// End closes the window, and returns what was seen in it.
func (r *Recorder) End() (*trace.Trace, error) {
	if err := r.session.Stop(); err != nil {
		return nil, fmt.Errorf("close the gate: %w", err)
	}
	seen, err := r.session.Read()
	if err != nil {
		return nil, err
	}
	return r.convert(r.target, seen)
}

// Hits returns how many hits of functions were counted since the window was opened. It
// is cheap, and leaves the window open.
func (r *Recorder) Hits() (uint64, error) { return r.session.Hits() }

// Backend returns how the probes were attached.
func (r *Recorder) Backend() probes.Backend { return r.session.Backend }

// Failed are the functions that have no probe, and why.
func (r *Recorder) Failed() []trace.Failure {
	failed := []trace.Failure{}
	for _, f := range r.session.Failed {
		failed = append(failed, trace.Failure{Reason: f.Reason, Functions: f.Functions})
	}
	return failed
}

// Admit traces a running process from now on, for the windows to come.
func (r *Recorder) Admit(pid int) error {
	if err := r.session.Admit(pid, probes.Tracee); err != nil {
		return fmt.Errorf("trace process %d: %w", pid, err)
	}
	r.programs.see(pid)
	r.target = stage.Target{PID: pid}
	return nil
}

// Stage makes a workload ready, for the windows to come: its two processes wait at the
// barrier. What its client prints goes to target.Stdout.
func (r *Recorder) Stage(target stage.Target) (*stage.Pair, error) {
	pair, err := stage.NewPair(*target.Workload, target.Times, target.Stdout)
	if err != nil {
		return nil, err
	}
	if err := pair.Admit(audience{r.session}); err != nil {
		pair.Close()
		return nil, err
	}
	r.target = target
	return pair, nil
}
