package record

import (
	"context"
	"io"
	"time"

	"dialpath/lab/workload"
	"dialpath/probes"
)

// Options say what to run. At most one of Workload, Command, PID and Trial is set;
// without any, nothing is run, and whatever is seen is recorded until the context
// is done.
type Options struct {
	Workload *workload.Workload
	Times    int // how often the workload does its thing; 0 means once
	Command  []string
	PID      int
	Trial    *Trial
	Duration time.Duration // end after so long; 0 means when what is traced ends

	// Tries is how often at most a recording is made, to get one in which nothing was lost
	// and no hit missed. If there is none, the last one counts. 0 means once.
	Tries int

	// What a command reads and writes. What a workload's client writes is recorded.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Failed, if not nil, is told how a command failed that ended by itself. That is
	// the command's own affair, and no error of the recording.
	Failed func(error)

	// Ready, if not nil, is told that the gate is open: what happens from now on is
	// seen. What the lab runs itself has not begun.
	Ready func(*probes.Session)
}

// Everybody tells whether the options mean all processes of the machine.
func (o Options) Everybody() bool {
	return o.Workload == nil && o.Command == nil && o.PID == 0 && o.Trial == nil
}

// check finds the mistakes that need no probes to be found.
func (o Options) check() error {
	switch {
	case o.Command != nil:
		return findCommand(o.Command[0])
	case o.Trial != nil:
		return checkTrial(o.Trial)
	case o.PID != 0:
		p, err := newProcess(o.PID)
		if err != nil {
			return err
		}
		p.close()
	}
	return nil
}

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

func newTarget(opts Options) (target, error) {
	switch {
	case opts.Workload != nil:
		return newPair(*opts.Workload, opts.Times, opts.Stdout)
	case opts.Command != nil:
		return newCommand(opts)
	case opts.Trial != nil:
		return newTrial(*opts.Trial)
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
