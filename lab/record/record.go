// Package record runs a target under probes, and returns the trace of what the kernel
// did: it is the one place where the programs under study, on their [stage], and the
// probes meet.
//
// A traced program is held at the stage's barrier until its number is known to the
// probes and all of them are attached, so its first line is seen. Of a workload and a
// trial only the packets in their private networks are seen, not one of the machine's own.
package record

import (
	"context"
	"errors"
	"fmt"

	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// ErrInterrupted means that the context was done before there was anything to show.
var ErrInterrupted = errors.New("interrupted")

// Run attaches the probes, makes one recording after another, hands them to use, and
// detaches. To attach but once is right for several recordings: with single kprobes
// that takes the better part of the time. So does detaching, which is why use is
// called before.
//
// A context that is done ends a recording early, and what was seen until then is
// used; but of several recordings all are wanted, and it fails with
// [ErrInterrupted], as it does if nothing has been recorded yet.
func Run(ctx context.Context, wanted probes.Options, each []Options, use func([]*trace.Trace) error) (err error) {
	for _, opts := range each {
		// What can fail at once should not wait for the long work of attaching.
		if err := opts.Check(); err != nil {
			return err
		}
		wanted.Everybody = wanted.Everybody || opts.Everybody()
	}
	r, err := Open(wanted)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	traces, err := r.recordAll(ctx, each)
	if err != nil {
		return err
	}
	return use(traces)
}

func (r *Recorder) recordAll(ctx context.Context, each []Options) ([]*trace.Trace, error) {
	var traces []*trace.Trace
	for i, opts := range each {
		if ctx.Err() != nil {
			return nil, ErrInterrupted
		}
		r.tell(i, len(each))
		t, err := r.Record(ctx, opts)
		if err != nil {
			return nil, err
		}
		traces = append(traces, t)
	}
	r.tell(len(each), len(each))
	if ctx.Err() != nil && len(each) > 1 {
		return nil, ErrInterrupted
	}
	return traces, nil
}

// tell says how many of several recordings are made.
func (r *Recorder) tell(done, total int) {
	if total > 1 && r.wanted.Progress != nil {
		r.wanted.Progress("recording workloads", done, total)
	}
}

// A Recorder has its probes attached, and can make one recording after another.
type Recorder struct {
	wanted   probes.Options
	session  *probes.Session
	programs *programs

	// Of the windows under way: see [Recorder.Begin].
	target stage.Target

	lacks []probes.Lack // of the program's own functions that are wanted
}

// An AttachError is why no probes could be attached.
type AttachError struct{ error }

// Unwrap returns the error of the probes.
func (e *AttachError) Unwrap() error { return e.error }

// Open attaches the probes. It fails with an [*AttachError].
func Open(wanted probes.Options) (*Recorder, error) {
	programs := newPrograms()
	wanted.Executed = programs.see
	session, err := probes.Open(wanted)
	if err != nil {
		programs.close()
		return nil, &AttachError{err}
	}
	return &Recorder{wanted: wanted, session: session, programs: programs}, nil
}

// Close detaches the probes.
func (r *Recorder) Close() error {
	defer r.programs.close()
	if err := r.session.Close(); err != nil {
		return fmt.Errorf("detach probes: %w", err)
	}
	return nil
}

// Record makes a recording, and as many more as [Options.Tries] says if something is lacking
// in it. A context that is done ends it early: what was seen until then is returned.
func (r *Recorder) Record(ctx context.Context, opts Options) (t *trace.Trace, err error) {
	for range max(opts.Tries, 1) {
		t, err = r.recordOnce(ctx, opts)
		if err != nil || ctx.Err() != nil || t.Target.TimedOut || t.Honesty.Lost+t.Honesty.Missed == 0 {
			break
		}
	}
	return t, err
}

func (r *Recorder) recordOnce(ctx context.Context, opts Options) (_ *trace.Trace, err error) {
	staged, err := opts.Stage()
	if err != nil {
		return nil, err
	}
	defer staged.Close()
	if err := staged.Admit(audience{r.session}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.session.Dismiss()) }()
	r.programs.expect(opts.Target)
	if r.lacks, err = r.attachProgram(opts.Target); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.session.DetachProgram()) }()
	seen, err := r.watch(ctx, opts, staged)
	if err != nil {
		return nil, err
	}
	t, err := r.convert(opts.Target, seen)
	if err != nil {
		return nil, err
	}
	outcome := staged.Outcome()
	t.Target.Output, t.Target.Ended, t.Target.TimedOut = outcome.Output, outcome.Ended, outcome.TimedOut
	t.Target.Received = outcome.Received
	return t, nil
}

// watch runs the target with the gate open.
func (r *Recorder) watch(ctx context.Context, opts Options, staged stage.Staged) (*probes.Seen, error) {
	if err := r.session.Start(); err != nil {
		return nil, fmt.Errorf("open the gate: %w", err)
	}
	if opts.Ready != nil {
		opts.Ready(r.session)
	}
	if opts.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Duration)
		defer cancel()
	}
	ran := staged.Run(ctx)
	if err := r.session.Stop(); err != nil {
		return nil, fmt.Errorf("close the gate: %w", err)
	}
	seen, err := r.session.Read() // also where the target failed: it makes room for the next
	return seen, errors.Join(ran, err)
}
