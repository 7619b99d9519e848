package main

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/record"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// A source is where a verb gets its trace from: a recording to be made now, of a
// workload, a command, a process or everybody; or a file.
type source struct {
	env      environment
	workload string
	times    int
	pid      int
	duration time.Duration
	backend  string
	replay   string
	save     string
	json     bool
}

// flags declares the flags by which a source is chosen.
func (s *source) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&s.workload, "workload", "w", "", "run a workload of the lab's, in a private network")
	f.IntVarP(&s.times, "times", "n", 1, "how often the workload does its thing")
	f.IntVarP(&s.pid, "pid", "p", 0, "trace a process that is running, and its children to come")
	f.DurationVarP(&s.duration, "duration", "d", 0, "stop after so long, as 5s (default: at the end, or Ctrl-C)")
	s.commonFlags(cmd)
	f.StringVarP(&s.replay, "replay", "r", "", "show a saved trace instead of recording one")
	f.StringVar(&s.save, "save", "", "save the trace in this file")
}

// commonFlags declares the flags of all verbs that record.
func (s *source) commonFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&s.backend, "backend", "k", "auto", "how to attach: auto, kprobe.multi, kprobe, fentry or tracepoint")
	f.BoolVar(&s.json, "json", false, "write JSON")
}

// check finds contradictions among the flags, before anything is done.
func (s *source) check(cmd *cobra.Command, command []string) error {
	var targets []string
	for _, t := range []struct {
		name string
		set  bool
	}{{"-w", s.workload != ""}, {"-p", cmd.Flags().Changed("pid")}, {"-- COMMAND", command != nil}, {"-r", s.replay != ""}} {
		if t.set {
			targets = append(targets, t.name)
		}
	}
	switch {
	case len(targets) > 1:
		return usagef("%s and %s exclude each other: see %s -h", targets[0], targets[1], cmd.CommandPath())
	case cmd.Flags().Changed("pid") && s.pid <= 0:
		return usagef("-p %d: a process's number is 1 or more", s.pid)
	case cmd.Flags().Changed("times") && s.workload == "":
		return usagef("-n is for workloads: use it with -w")
	case s.times < 1:
		return usagef("-n %d: a workload runs once or more often", s.times)
	case s.duration < 0:
		return usagef("-d %v: a duration is not negative", s.duration)
	case command != nil && len(command) == 0:
		return usagef("no command after --")
	}
	return nil
}

// trace records what the flags say, or reads it from a file.
func (s *source) trace(ctx context.Context, cmd *cobra.Command, wanted probes.Options, command []string) (*trace.Trace, error) {
	if err := s.check(cmd, command); err != nil {
		return nil, err
	}
	if s.replay != "" {
		return trace.Load(s.replay)
	}
	opts, err := s.options(command)
	if err != nil {
		return nil, err
	}
	if wanted.Backend, err = s.parseBackend(); err != nil {
		return nil, err
	}
	if err := needRoot(); err != nil {
		return nil, err
	}
	progress := newProgress(s.env)
	wanted.Progress = progress.show
	t, err := record.Run(ctx, wanted, opts)
	progress.end()
	if err != nil {
		return nil, err
	}
	if s.save != "" {
		if err := t.Save(s.save); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (s *source) parseBackend() (probes.Backend, error) {
	backend, err := probes.ParseBackend(s.backend)
	if err != nil {
		return "", usageError{err}
	}
	return backend, nil
}

// options are what to run.
func (s *source) options(command []string) (record.Options, error) {
	opts := record.Options{
		Times:    s.times,
		Command:  command,
		PID:      s.pid,
		Duration: s.duration,
		Stdin:    s.env.stdin,
		Stdout:   s.env.stdout,
		Stderr:   s.env.stderr,
	}
	if s.json {
		opts.Stdout = s.env.stderr // standard output is for the JSON alone
	}
	if s.workload != "" {
		w, err := workload.Lookup(s.workload)
		if err != nil {
			return opts, usageError{err}
		}
		opts.Workload = &w
	} else {
		opts.Ready = func(p *probes.Session) { s.announce(p, opts) }
	}
	return opts, nil
}

// announce says that the recording begins, as bcc's tools do.
func (s *source) announce(p *probes.Session, opts record.Options) {
	if opts.Command == nil && opts.Duration == 0 {
		s.env.say("Tracing %d functions by %s... Hit Ctrl-C to end.", len(p.Matched), p.Backend)
	}
}

// show writes a trace by the verb's view, or as JSON.
func (s *source) show(t *trace.Trace, views ...func(*trace.Trace) error) error {
	if s.json {
		return view.JSON(s.env.stdout, t)
	}
	for _, v := range views {
		if err := v(t); err != nil {
			return err
		}
	}
	return nil
}

// split parts a verb's arguments from the command after the dashes. The command
// is nil if there are no dashes.
func split(cmd *cobra.Command, args []string) (own, command []string) {
	n := cmd.ArgsLenAtDash()
	if n < 0 {
		return args, nil
	}
	return args[:n], append([]string{}, args[n:]...)
}

func needRoot() error {
	if os.Geteuid() != 0 {
		return errNotRoot
	}
	return nil
}

// needs demands arguments where something is to be recorded; a saved trace needs
// none.
func (s *source) needs(args []string, what string) error {
	switch {
	case len(args) == 0 && s.replay == "":
		return usagef("nothing asked for: give %s", what)
	case len(args) > 0 && s.replay != "":
		return usagef("%q and -r exclude each other: a saved trace is shown as it is", args[0])
	}
	return nil
}
