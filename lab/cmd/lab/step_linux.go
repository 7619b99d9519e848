package main

import (
	"context"
	"fmt"
	"io"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"dialpath/lab/kernel"
	"dialpath/lab/record"
	"dialpath/lab/step"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/probes"
)

func newStep(env environment) *cobra.Command {
	s := &source{env: env}
	var script string
	cmd := &cobra.Command{
		Use:   "step WORKLOAD | -- COMMAND | -p PID",
		Short: "Step through a program in Delve, with the kernel beside it",
		Long: `Step runs a program in the Delve debugger. After each step it shows, below the
source, which kernel functions the step ran, and which packets left.

All of Delve's commands are there: break, next, step, continue, stack, print
(see help). One is the lab's: kernel shows again what the last step ran, kernel
off and kernel on switch it (see help kernel). A workload and a command are
ended with the debugger; a process (-p) is let go on. The workloads are

` + catalogue(),
		Example: `  lab step dialudp
  lab step dial-tcp --script steps.dlv
  lab step -- ./myprogram -flag
  lab step -p 4711`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own, command := split(cmd, args)
			opts, err := s.toStep(cmd, own, command)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("script") {
				if opts.Script, err = step.ReadScript(script); err != nil {
					return err
				}
			}
			return s.step(cmd, opts)
		},
	}
	f := cmd.Flags()
	f.IntVarP(&s.pid, "pid", "p", 0, "step through the running process `PID`")
	f.StringVar(&script, "script", "", "run the Delve commands in `FILE` and end, instead of asking for them")
	s.backendFlag(cmd)
	return cmd
}

// toStep says what to step through, and finds the mistakes that need no root to be found.
func (s *source) toStep(cmd *cobra.Command, own, command []string) (opts step.Options, err error) {
	byPID := cmd.Flags().Changed("pid")
	switch {
	case len(own) == 0 && command == nil && !byPID:
		return opts, usagef("nothing to step through: give a workload (%s), -p PID, or a command after --", names())
	case len(own) > 1, len(own) == 1 && (command != nil || byPID), command != nil && byPID:
		return opts, usagef("a workload, -p and -- exclude each other: see %s -h", cmd.CommandPath())
	case command != nil && len(command) == 0:
		return opts, usagef("no command after --: see %s -h", cmd.CommandPath())
	case byPID && s.pid <= 0:
		return opts, usagef("-p %d: a process's number is 1 or more", s.pid)
	}
	if len(own) == 1 {
		found, err := lookUp(own[0])
		if err != nil {
			return opts, err
		}
		opts.Workload = &found[0]
	}
	opts.Command, opts.PID = command, s.pid
	return opts, nil
}

func (s *source) step(cmd *cobra.Command, opts step.Options) error {
	wanted := probes.Options{Stacks: step.Watched, IfPresent: true, Packets: true}
	backend, err := kernel.ParseBackend(s.backend)
	if err != nil {
		return usageError{err}
	}
	wanted.Backend = backend
	if err := opts.Check(); err != nil {
		return err
	}
	if err := s.needRoot(cmd); err != nil {
		return err
	}
	progress := newProgress(s.env)
	wanted.Progress = progress.show
	recorder, err := record.Open(wanted)
	progress.end()
	if err != nil {
		return err
	}
	defer recorder.Close()
	s.env.sayUnwatched(recorder.Failed())
	opts.Color = s.env.color
	style := s.env.style()
	style.Unfold = "kernel all"
	opts.Show = func(w io.Writer, t *trace.Trace, all bool) error {
		return view.Tree(w, t, all, style)
	}
	opts.Say = func(format string, args ...any) { fmt.Fprintf(s.env.stdout, format+"\n", args...) }
	// Ctrl-C stops the program, not the debugger: Delve sees to it.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(cmd.Context()), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return step.Run(ctx, opts, recorder)
}
