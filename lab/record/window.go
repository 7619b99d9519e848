package record

import (
	"context"
	"errors"
	"fmt"
	"os"

	"dialpath/lab/trace"
	"dialpath/probes"
)

// A recording can be cut into windows: while a debugger steps a program, each step is
// one. The target is admitted once, and [Recorder.Begin] and [Recorder.End] are called
// around each step.

// Begin opens a window.
func (r *Recorder) Begin() error {
	r.sockets = openSockets(r.subject)
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
	return r.convert(r.target, seen, r.sockets)
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
	r.target, r.subject = Options{PID: pid}, pid
	return nil
}

// A Stage is a workload made ready for windows: its two processes wait at the barrier,
// each in its network namespace.
type Stage struct {
	Client, Server int    // PIDs
	Address        string // of the server

	pair *pair
}

// Stage makes a workload ready, for the windows to come. What its client prints goes
// to opts.Stdout.
func (r *Recorder) Stage(opts Options) (*Stage, error) {
	opts.Times = max(opts.Times, 1)
	p, err := newPair(*opts.Workload, opts.Times, opts.Stdout)
	if err != nil {
		return nil, err
	}
	if err := p.admit(r.session); err != nil {
		p.close()
		return nil, err
	}
	r.target, r.subject = opts, p.client.cmd.Process.Pid
	return &Stage{
		Client:  p.client.cmd.Process.Pid,
		Server:  p.server.cmd.Process.Pid,
		Address: serverAddress + ":" + serverPort,
		pair:    p,
	}, nil
}

// Release lets the server go, and, once it listens, the client.
func (s *Stage) Release() error { return s.pair.release() }

// Kill ends the client at once, wherever it is held.
func (s *Stage) Kill() error {
	if err := s.pair.client.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the client: %w", err)
	}
	return nil
}

// Close ends both processes.
func (s *Stage) Close() { s.pair.close() }

// Wait returns when the client has ended, or the context is done.
func (s *Stage) Wait(ctx context.Context) error { return s.pair.client.wait(ctx) }
