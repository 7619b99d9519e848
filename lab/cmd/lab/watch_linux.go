package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/record"
	"dialpath/lab/step"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/watch"
	"dialpath/probes"
)

func newWatch(env environment) *cobra.Command {
	s := &source{env: env}
	all := false
	cmd := &cobra.Command{
		Use:   "watch -p PID [FUNCTION...]",
		Short: "Show live what a process runs in the kernel",
		Long: `Watch shows which kernel functions a running process runs, and which packets
leave: each time that the process has done something and is quiet again. It only
looks on, so a debugger may step the process meanwhile, from another terminal or
an editor. Without functions it watches those of TCP and UDP. It ends with the
process, or on Ctrl-C. With --json each time is a trace, in a line of its own.`,
		Example: `  lab watch -p 4711
  lab watch -p 4711 'udp_*' 'ip_*'
  lab watch -p $(pgrep -n dialudp) --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := probes.Options{Stacks: step.Watched, IfPresent: true, Packets: true}
			if len(args) > 0 {
				opts.Stacks, opts.IfPresent = args, false
			}
			if err := s.checkWatch(cmd, opts.Stacks); err != nil {
				return err
			}
			return s.watch(cmd, opts, all)
		},
	}
	f := cmd.Flags()
	f.IntVarP(&s.pid, "pid", "p", 0, "watch process `PID`, and the children it will have")
	f.DurationVarP(&s.duration, "duration", "d", 0, "stop after this `TIME`, as 5m; else at the end, or on Ctrl-C")
	f.BoolVar(&all, "all", false, "fold nothing, and show what is there by chance, as timers")
	s.commonFlags(cmd)
	return cmd
}

// checkWatch finds the mistakes that need no root to be found.
func (s *source) checkWatch(cmd *cobra.Command, globs []string) error {
	switch {
	case !cmd.Flags().Changed("pid"):
		return usagef("whom to watch: give -p PID; see %s -h", cmd.CommandPath())
	case s.pid <= 0:
		return usagef("-p %d: a process's number is 1 or more", s.pid)
	case cmd.Flags().Changed("duration") && s.duration <= 0:
		return usagef("-d %v: watching takes longer than that", s.duration)
	}
	return checkGlobs(globs)
}

func (s *source) watch(cmd *cobra.Command, opts probes.Options, all bool) (err error) {
	if opts.Backend, err = s.chooseBackend(wanted{stacks: opts.Stacks}); err != nil {
		return err
	}
	if err := s.needRoot(cmd); err != nil {
		return err
	}
	process, err := watch.Open(s.pid)
	if err != nil {
		return err
	}
	defer process.Close()
	progress := newProgress(s.env)
	opts.Progress = progress.show
	recorder, err := record.Open(opts)
	progress.end()
	if err != nil {
		return err
	}
	defer recorder.Close()
	if err := recorder.Admit(s.pid); err != nil {
		return err
	}
	ctx := cmd.Context()
	if s.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.duration)
		defer cancel()
	}
	if err := recorder.Begin(); err != nil {
		return err
	}
	s.env.sayUnwatched(recorder.Failed())
	s.env.say("Watching process %d by %s... Hit Ctrl-C to end.", s.pid, recorder.Backend())
	err = watch.Run(ctx, recorder, process.Ended, func(at time.Time, t *trace.Trace) error { return s.showBurst(at, t, all) })
	if err == nil && process.Ended() {
		s.env.say("Process %d has ended.", s.pid)
	}
	return err
}

// showBurst writes what a process did in one go: as JSON a trace in a line of its own.
// Of what is there by chance alone nothing is shown.
func (s *source) showBurst(at time.Time, t *trace.Trace, all bool) error {
	if s.json {
		return json.NewEncoder(s.env.stdout).Encode(t)
	}
	if !view.Ran(t, all) {
		return nil
	}
	if _, err := fmt.Fprintf(s.env.stdout, "\n%s\n", at.Format(time.TimeOnly)); err != nil {
		return err
	}
	style := s.env.style()
	style.Unfold = "--all"
	return view.Tree(s.env.stdout, t, all, style)
}
