package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"dialpath/lab/doctor"
	"dialpath/lab/kernel"
	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/record"
	"dialpath/lab/stage"
	"dialpath/lab/stage/cell"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
	"dialpath/probes"
)

// check finds out whether the request can be recorded here at all.
func (r Request) check() error {
	if _, err := r.backend(); err != nil {
		return err
	}
	if os.Geteuid() != 0 {
		return ErrNoRoot
	}
	return nil
}

// backend is the one to attach by. If nothing is asked for but tracepoints, it is theirs: no
// function has a name like net:netif_rx.
func (r Request) backend() (probes.Backend, error) {
	backend, err := kernel.ParseBackend(r.Backend)
	names := r.Plan.Names()
	isFunction := func(name string) bool { return !probes.IsTracepoint(name) }
	if err == nil && backend == "" && len(names) > 0 && !slices.ContainsFunc(names, isFunction) {
		backend = probes.Tracepoint
	}
	return backend, mistake.Of(err)
}

// probes are the options by which the plan is watched.
func (r Request) probes() (probes.Options, error) {
	backend, err := r.backend()
	p := r.Plan
	var inProgram []probes.GoFunction
	for _, f := range p.GoFunctions {
		inProgram = append(inProgram, probes.GoFunction{Pattern: f.Name, Text: f.Text})
	}
	return probes.Options{
		Backend:   backend,
		Functions: p.Functions, Stacks: p.Stacks, IfPresent: !p.Typed, Strict: p.Strict,
		Hooks: p.Hooks, Packets: p.Packets, Syscalls: p.Syscalls, Timeline: p.Timeline,
		GoFunctions: inProgram,
		Progress:    r.News.Progress,
	}, err
}

// Open attaches the probes of a request, for who makes recordings by them one by one.
func Open(r Request) (*record.Recorder, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	options, err := r.probes()
	if err != nil {
		return nil, err
	}
	return record.Open(options)
}

// record makes the recordings of all targets of which there is none yet.
func (r Request) record(ctx context.Context, use func([]*trace.Trace) error) error {
	options, err := r.probes()
	if err != nil {
		return err
	}
	return r.reason(options, record.Run(ctx, options, r.Each(), func(made []*trace.Trace) error {
		if ctx.Err() != nil && made[0].Target.Exercise != "" {
			return ErrInterrupted // a trial that was cut short proves nothing
		}
		return use(made)
	}))
}

// reason is why a recording failed: for want of kprobes, if they lack.
func (r Request) reason(options probes.Options, err error) error {
	var attach *record.AttachError
	switch {
	case errors.Is(err, record.ErrInterrupted):
		return ErrInterrupted
	case errors.As(err, &attach) && !errors.Is(err, probes.ErrNoMatch) && options.Strict && options.Backend == "" && doctor.NeedsGuest():
		return ErrNoKprobes
	}
	return err
}

// Each is what a recorder is told of each target of which there is no trace yet.
func (r Request) Each() (each []record.Options) {
	for _, t := range r.Targets {
		if !t.open() {
			continue
		}
		options := record.Options{Target: t.stage(), Duration: r.Duration, Tries: r.Tries}
		options.Failed = r.News.Failed
		if t.Workload == nil && t.Command == nil && t.Trial == nil {
			options.Ready = func(p *probes.Session) { r.News.begins(watched(p, r.Plan, r.Duration)) }
		}
		each = append(each, options)
	}
	return each
}

// stage is the target as the stage knows it.
func (t Target) stage() stage.Target {
	s := stage.Target{
		Workload: t.Workload, Times: t.Times, Command: t.Command, PID: t.PID,
		Stdin: t.Stdin, Stdout: t.Stdout, Stderr: t.Stderr,
	}
	if t.Trial != nil {
		e := t.Trial.Exercise
		s.Trial = &stage.Trial{Exercise: e.Name, Program: t.Trial.Program, Peer: e.Peer, Serves: e.Serves}
		if vm.InGuest() {
			s.Trial.Limit = cell.TimeInGuest
		}
	}
	return s
}

// watched says in short what is watched, as bcc's tools do.
func watched(p *probes.Session, of plan.Plan, duration time.Duration) string {
	what := "packets"
	switch {
	case of.Hooks && len(p.Matched) == 0:
		what = "the article's functions"
	case of.Syscalls && !of.Packets:
		what = "system calls"
	case p.Backend == probes.Tracepoint && len(p.Matched) > 0:
		what = fmt.Sprintf("%d tracepoints", len(p.Matched))
	case len(p.Matched) > 0:
		what = fmt.Sprintf("%d functions by %s", len(p.Matched), p.Backend)
	}
	if duration > 0 {
		what += fmt.Sprintf(" for %v", duration)
	}
	return what
}
