package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/run"
	"dialpath/lab/step"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

func newStep(env environment) *cobra.Command {
	t := newTracer(env)
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
			options, err := t.toStep(cmd, own, command)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("script") {
				if options.Script, err = step.ReadScript(script); err != nil {
					return err
				}
			}
			return t.step(cmd, options)
		},
	}
	f := cmd.Flags()
	f.IntVarP(&t.target.pid, "pid", "p", 0, "step through the running process `PID`")
	f.StringVar(&script, "script", "", "run the Delve commands in `FILE` and end, instead of asking for them")
	t.recordFlags(cmd)
	return cmd
}

// toStep says what to step through, and finds the mistakes that need no root to be found.
func (t *tracer) toStep(cmd *cobra.Command, own, command []string) (options step.Options, err error) {
	byPID := cmd.Flags().Changed("pid")
	switch {
	case len(own) == 0 && command == nil && !byPID:
		return options, mistake.New("nothing to step through: give a workload (%s), -p PID, or a command after --", names())
	case len(own) > 1, len(own) == 1 && (command != nil || byPID), command != nil && byPID:
		return options, mistake.New("a workload, -p and -- exclude each other: see %s -h", cmd.CommandPath())
	case command != nil && len(command) == 0:
		return options, mistake.New("no command after --: see %s -h", cmd.CommandPath())
	case byPID && t.target.pid <= 0:
		return options, mistake.New("-p %d: a process's number is 1 or more", t.target.pid)
	}
	if len(own) == 1 {
		found, err := lookUp(own[0])
		if err != nil {
			return options, err
		}
		options.Workload = &found[0]
	}
	options.Command, options.PID = command, t.target.pid
	return options, nil
}

func (t *tracer) step(cmd *cobra.Command, options step.Options) error {
	t.request.Plan, t.request.News = plan.Step(), t.attaching()
	style := t.env.style()
	style.Unfold = "kernel all"
	options.Color = t.env.color
	options.Show = func(w io.Writer, seen *trace.Trace, all bool) error { return view.Tree(w, seen, all, style) }
	options.Say = func(format string, args ...any) { fmt.Fprintf(t.env.stdout, format+"\n", args...) }
	return t.advise(cmd, run.Step(cmd.Context(), t.request, options))
}
