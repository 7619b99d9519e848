// Package run gets traces: who has a plan of what to watch, and targets to watch it of, is
// handed a trace of each. It is recorded here, made in a guest, or there already.
//
// Recordings are looked at on every system; to make one takes Linux and root. What is wrong
// with a request is found before anything is attached, and is marked as a mistake if it
// is one of whoever asks.
package run

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"dialpath/lab/exercise"
	"dialpath/lab/plan"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// A Request is what to get traces of, and how.
type Request struct {
	Plan    plan.Plan
	Targets []Target // a trace is had of each, in this order

	Backend  string        // by which to attach, as kernel.ParseBackend reads it; "" is auto
	Duration time.Duration // ends a recording early; 0 means when the target ends, or the context is done
	// Tries is how often at most a recording is made, to get one in which nothing was lost
	// and no hit missed. If there is none, the last one counts. 0 means once.
	Tries int
	Save  string // the file in which to save the traces; "" for none

	News News
}

// A Target is whom a trace is of. At most one of its first five fields is set; without any
// it is everybody on the machine.
type Target struct {
	Trace    *trace.Trace // a recording that there is already
	Workload *workload.Workload
	Command  []string
	PID      int
	Trial    *Trial

	Times int // how often the workload does its thing; 0 means once

	// What a command reads and writes.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// The reasons for which nothing can be recorded.
var (
	ErrNoKernel  = errors.New("there is no Linux kernel here")
	ErrNoRoot    = errors.New("it needs root")
	ErrNoKprobes = errors.New("this kernel has no kprobes")
	// ErrInterrupted means that the context was done before there was anything to show.
	ErrInterrupted = errors.New("interrupted")
)

// Traces hands a trace of each target to use. It has attached once for all those that are to
// be recorded, and detaches when use has returned, for that may take long. A trace that
// cannot be saved is used all the same.
//
// A context that is done ends a recording early, and what was seen until then is used; but
// of several all are wanted, and it fails with [ErrInterrupted].
func Traces(ctx context.Context, r Request, use func([]*trace.Trace) error) error {
	if !slices.ContainsFunc(r.Targets, Target.open) {
		return use(r.together(nil))
	}
	if err := r.check(); err != nil {
		return err
	}
	var err error
	if r.Save != "" {
		if r.Save, err = Savable(r.Save); err != nil {
			return err
		}
	}
	return r.record(ctx, func(made []*trace.Trace) error {
		all := r.together(made)
		return errors.Join(r.keep(all), use(all))
	})
}

// open tells whether a trace of the target is still to be made.
func (t Target) open() bool { return t.Trace == nil }

// together puts recordings that were made between those that there were already.
func (r Request) together(made []*trace.Trace) []*trace.Trace {
	var all []*trace.Trace
	for _, target := range r.Targets {
		if target.open() {
			target.Trace, made = made[0], made[1:]
		}
		all = append(all, target.Trace)
	}
	return all
}

// Workloads are the targets of workloads, each of which is to do its thing so many times.
func Workloads(all []workload.Workload, times int) (targets []Target) {
	for _, w := range all {
		targets = append(targets, Target{Workload: &w, Times: times})
	}
	return targets
}

// Recorded are targets of which there are traces.
func Recorded(all []*trace.Trace) (targets []Target) {
	for _, t := range all {
		targets = append(targets, Target{Trace: t})
	}
	return targets
}

// A Trial is one run of a learner's program for an exercise.
type Trial struct {
	Exercise exercise.Exercise
	Program  string // path of the executable
}

// OfTrial is the request for a trial.
func OfTrial(e exercise.Exercise, program string) Request {
	return Request{Plan: e.Plan(), Targets: []Target{{Trial: &Trial{e, program}}}, Tries: 3}
}
