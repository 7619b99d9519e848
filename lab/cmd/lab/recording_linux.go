package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"dialpath/lab/doctor"
	"dialpath/lab/kernel"
	"dialpath/lab/record"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// record makes one recording: of what the flags say, or of the command.
func (s *source) record(cmd *cobra.Command, w wanted, command []string, use func(*trace.Trace) error) error {
	opts, err := s.options(w, command)
	if err != nil {
		return err
	}
	return s.recordEach(cmd, w, []record.Options{opts}, func(traces []*trace.Trace) error { return use(traces[0]) })
}

// recordWorkloads makes a recording of each of the workloads.
func (s *source) recordWorkloads(cmd *cobra.Command, w wanted, workloads []workload.Workload, use func([]*trace.Trace) error) error {
	var each []record.Options
	for _, w := range workloads {
		each = append(each, record.Options{Target: stage.Target{Workload: &w, Times: s.times}, Tries: s.tries})
	}
	return s.recordEach(cmd, w, each, use)
}

// recordEach makes recordings, once all is known to be there that it takes.
func (s *source) recordEach(cmd *cobra.Command, w wanted, each []record.Options, use func([]*trace.Trace) error) (err error) {
	opts := probes.Options{
		Functions: w.functions, Stacks: w.stacks, IfPresent: !w.typed, Strict: w.strict,
		Hooks: w.hooks, Packets: w.packets, Syscalls: w.syscalls, Timeline: w.timeline,
	}
	if opts.Backend, err = s.chooseBackend(w); err != nil {
		return err
	}
	if err := s.needRoot(cmd); err != nil {
		return err
	}
	if s.save != "" {
		if s.save, err = savable(s.save); err != nil {
			return err
		}
	}
	progress := newProgress(s.env)
	defer progress.end()
	opts.Progress = progress.show
	return s.advise(cmd, opts, record.Run(cmd.Context(), opts, each, use))
}

func (s *source) needRoot(cmd *cobra.Command) error {
	if os.Geteuid() == 0 {
		return nil
	}
	if s.pid != 0 { // a guest does not have it
		return fmt.Errorf("%s needs root: run it with sudo", cmd.Name())
	}
	return fmt.Errorf("%s needs root: run it with sudo, or in a guest: %s vm -- %s …", cmd.Name(), s.env.lab, cmd.Name())
}

// chooseBackend reads the flag. By itself the lab takes tracepoints if it is asked
// for nothing else: no function has a name like net:netif_rx.
func (s *source) chooseBackend(w wanted) (probes.Backend, error) {
	backend, err := kernel.ParseBackend(s.backend)
	if err != nil {
		return "", usageError{err}
	}
	globs := slices.Concat(w.functions, w.stacks)
	isFunction := func(glob string) bool { return !probes.IsTracepoint(glob) }
	if backend == "" && len(globs) > 0 && !slices.ContainsFunc(globs, isFunction) {
		return probes.Tracepoint, nil
	}
	return backend, nil
}

// advise says where functions can be counted, if they cannot be here.
func (s *source) advise(cmd *cobra.Command, opts probes.Options, err error) error {
	var attach *record.AttachError
	if !errors.As(err, &attach) || errors.Is(err, probes.ErrNoMatch) || !opts.Strict || opts.Backend != "" || !doctor.NeedsGuest() {
		return err
	}
	if len(opts.Functions) == 0 {
		return fmt.Errorf("this kernel has no kprobes: do it in a guest, %s vm -- %s …", s.env.lab, cmd.Name())
	}
	return fmt.Errorf("this kernel cannot count functions: do it in a guest, %s vm -- %s …, or count tracepoints, %s count 'net:*' …", s.env.lab, cmd.Name(), s.env.lab)
}

// options are what to run.
func (s *source) options(w wanted, command []string) (record.Options, error) {
	opts := record.Options{
		Target: stage.Target{
			Times:   s.times,
			Command: command,
			PID:     s.pid,
			Stdin:   s.env.stdin,
			Stdout:  s.env.stdout,
			Stderr:  s.env.stderr,
			Failed:  func(err error) { s.env.say("lab: %v", err) },
		},
		Duration: s.duration,
	}
	if s.json || s.output.format != nil {
		opts.Stdout = s.env.stderr // standard output is for the data alone
	}
	switch {
	case s.workload != "":
		found, err := lookUp(s.workload)
		if err != nil {
			return opts, err
		}
		opts.Workload = &found[0]
	case command == nil:
		opts.Ready = func(p *probes.Session) { s.announce(p, w) }
	}
	return opts, nil
}

// announce says that the recording begins, as bcc's tools do.
func (s *source) announce(p *probes.Session, w wanted) {
	what := "packets"
	switch {
	case w.hooks && len(p.Matched) == 0:
		what = "the article's four functions"
	case w.syscalls && !w.packets:
		what = "system calls"
	case p.Backend == probes.Tracepoint && len(p.Matched) > 0:
		what = fmt.Sprintf("%d tracepoints", len(p.Matched))
	case len(p.Matched) > 0:
		what = fmt.Sprintf("%d functions by %s", len(p.Matched), p.Backend)
	}
	if s.duration > 0 {
		what += fmt.Sprintf(" for %v", s.duration)
	}
	s.env.say("Tracing %s... Hit Ctrl-C to end.", what)
}

// inGuest runs the tour in a guest if this kernel cannot be traced.
func (s *source) inGuest(cmd *cobra.Command, verb []string) (ran bool, err error) {
	if !doctor.NeedsGuest() {
		return false, nil
	}
	s.env.say("This kernel has no kprobes: the tour runs in a small virtual machine.")
	return true, runInGuest(cmd.Context(), s.env, guestOptions{}, verb)
}
