package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dialpath/lab/doctor"
	"dialpath/lab/record"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// run records what the flags say, or reads it from a file, and shows it.
func (s *source) run(cmd *cobra.Command, wanted probes.Options, command []string, as aspect) error {
	if err := s.check(cmd, slices.Concat(wanted.Functions, wanted.Stacks), command); err != nil {
		return err
	}
	if s.replay != "" {
		t, err := trace.Load(s.replay)
		if err != nil {
			return err
		}
		return s.showSaved(t, as)
	}
	opts, err := s.options(wanted, command)
	if err != nil {
		return err
	}
	return s.record(cmd, wanted, []record.Options{opts}, func(traces []*trace.Trace) error {
		// A trace that cannot be saved is shown all the same.
		return errors.Join(s.keep(traces[0]), s.show(traces[0], as))
	})
}

// runWorkloads records several workloads.
func (s *source) runWorkloads(cmd *cobra.Command, wanted probes.Options, workloads []workload.Workload, use func([]*trace.Trace) error) error {
	var each []record.Options
	for _, w := range workloads {
		each = append(each, record.Options{Workload: &w, Times: s.times})
	}
	return s.record(cmd, wanted, each, use)
}

// record makes recordings, once all is known to be there that it takes.
func (s *source) record(cmd *cobra.Command, wanted probes.Options, each []record.Options, use func([]*trace.Trace) error) (err error) {
	if wanted.Backend, err = s.chooseBackend(wanted); err != nil {
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
	wanted.Progress = progress.show
	return s.advise(wanted, record.Run(cmd.Context(), wanted, each, use))
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
func (s *source) chooseBackend(wanted probes.Options) (probes.Backend, error) {
	backend, err := probes.ParseBackend(s.backend)
	if err != nil {
		return "", usageError{err}
	}
	globs := slices.Concat(wanted.Functions, wanted.Stacks)
	isFunction := func(glob string) bool { return !strings.Contains(glob, ":") }
	if backend == "" && len(globs) > 0 && !slices.ContainsFunc(globs, isFunction) {
		return probes.Tracepoint, nil
	}
	return backend, nil
}

// advise says where functions can be counted, if they cannot be here.
func (s *source) advise(wanted probes.Options, err error) error {
	var attach *record.AttachError
	if !errors.As(err, &attach) || errors.Is(err, probes.ErrNoMatch) || !wanted.Strict || wanted.Backend != "" || !doctor.Examine().Guest {
		return err
	}
	return fmt.Errorf("this kernel cannot count functions: do it in a guest, %s vm -- count …, or count tracepoints, %s count 'net:*' …", s.env.lab, s.env.lab)
}

// options are what to run.
func (s *source) options(wanted probes.Options, command []string) (record.Options, error) {
	opts := record.Options{
		Times:    s.times,
		Command:  command,
		PID:      s.pid,
		Duration: s.duration,
		Stdin:    s.env.stdin,
		Stdout:   s.env.stdout,
		Stderr:   s.env.stderr,
		Failed:   func(err error) { s.env.say("lab: %v", err) },
	}
	if s.json {
		opts.Stdout = s.env.stderr // standard output is for the JSON alone
	}
	switch {
	case s.workload != "":
		w, err := lookUp(s.workload)
		if err != nil {
			return opts, err
		}
		opts.Workload = &w[0]
	case command == nil:
		opts.Ready = func(p *probes.Session) { s.announce(p, wanted) }
	}
	return opts, nil
}

// announce says that the recording begins, as bcc's tools do.
func (s *source) announce(p *probes.Session, wanted probes.Options) {
	what := "packets"
	switch {
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
