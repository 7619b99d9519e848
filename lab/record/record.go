// Package record runs a workload, a command or a process under probes, and returns
// the trace of what the kernel did: it is the one place where the programs under
// study and the probes meet.
//
// A traced program is held at a barrier until its number is known to the probes
// and all of them are attached, so its first line is seen. Workloads live in two
// private network namespaces: not a packet of theirs leaves the machine, and not
// one of the machine's own is seen.
package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dialpath/lab/trace"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// Options say what to run. At most one of Workload, Command and PID is set;
// without any, nothing is run, and whatever is seen is recorded until the context
// is done.
type Options struct {
	Workload *workload.Workload
	Times    int // how often the workload does its thing; 0 means once
	Command  []string
	PID      int
	Duration time.Duration // end after so long; 0 means when what is traced ends

	// What a command reads and writes.
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Ready, if not nil, is told that everything is attached, just before the gate
	// opens.
	Ready func(*probes.Session)
}

// Everybody tells whether the options mean all processes of the machine.
func (o Options) Everybody() bool { return o.Workload == nil && o.Command == nil && o.PID == 0 }

// A target is what is traced: a workload's two processes, a command, a process that
// is there already, or everybody.
type target interface {
	// admit makes the target known to the probes.
	admit(*probes.Session) error
	// run lets it go, and returns when it has ended. A context that is done is a
	// reason to end it early, and no error.
	run(context.Context) error
	// close ends what is left.
	close()
}

// A Recorder has its probes attached, and can make one recording after another.
type Recorder struct {
	wanted  probes.Options
	session *probes.Session
}

// Open attaches the probes.
func Open(wanted probes.Options) (*Recorder, error) {
	session, err := probes.Open(wanted)
	if err != nil {
		return nil, err
	}
	return &Recorder{wanted, session}, nil
}

// Close detaches the probes.
func (r *Recorder) Close() error {
	if err := r.session.Close(); err != nil {
		return fmt.Errorf("detach probes: %w", err)
	}
	return nil
}

// Record makes one recording. A context that is done ends it early: what was seen
// until then is returned.
func (r *Recorder) Record(ctx context.Context, opts Options) (*trace.Trace, error) {
	opts.Times = max(opts.Times, 1)
	target, err := newTarget(opts)
	if err != nil {
		return nil, err
	}
	defer target.close()
	if err := target.admit(r.session); err != nil {
		return nil, err
	}
	if opts.Ready != nil {
		opts.Ready(r.session)
	}
	if opts.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Duration)
		defer cancel()
	}
	sockets := openSockets(opts.PID)
	seen, err := r.watch(ctx, target)
	if err != nil {
		return nil, err
	}
	return r.convert(opts, seen, sockets)
}

// watch runs the target with the gate open.
func (r *Recorder) watch(ctx context.Context, target target) (*probes.Seen, error) {
	if err := r.session.Start(); err != nil {
		return nil, fmt.Errorf("open the gate: %w", err)
	}
	ran := target.run(ctx)
	if err := r.session.Stop(); err != nil {
		return nil, fmt.Errorf("close the gate: %w", err)
	}
	seen, err := r.session.Read() // also where the target failed: it makes room for the next
	return seen, errors.Join(ran, err)
}

// Run makes one recording, from attaching to detaching.
func Run(ctx context.Context, wanted probes.Options, opts Options) (_ *trace.Trace, err error) {
	wanted.Everybody = opts.Everybody()
	// What can fail at once should not wait for the long work of attaching.
	if err := opts.check(); err != nil {
		return nil, err
	}
	r, err := Open(wanted)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return r.Record(ctx, opts)
}

// check finds the mistakes that need no probes to be found.
func (o Options) check() error {
	switch {
	case o.Command != nil:
		return findCommand(o.Command[0])
	case o.PID != 0:
		p, err := newProcess(o.PID)
		if err != nil {
			return err
		}
		p.close()
	}
	return nil
}

func newTarget(opts Options) (target, error) {
	switch {
	case opts.Workload != nil:
		return newPair(*opts.Workload, opts.Times)
	case opts.Command != nil:
		return newCommand(opts)
	case opts.PID != 0:
		return newProcess(opts.PID)
	}
	return everybody{}, nil
}

// everybody is the target of all processes.
type everybody struct{}

func (everybody) admit(*probes.Session) error { return nil }
func (everybody) close()                      {}
func (everybody) run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
