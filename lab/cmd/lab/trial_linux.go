package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/exercise"
	"dialpath/lab/mistake"
	"dialpath/lab/run"
	"dialpath/lab/trace"
)

// newTrial is for a guest: the program has been built outside, and the trace is judged
// there.
func newTrial(env environment) *cobra.Command {
	t := newTracer(env)
	cmd := &cobra.Command{
		Use:    "trial EXERCISE PROGRAM --save FILE",
		Short:  "Record the run of a program for an exercise",
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 || t.request.Save == "" {
				return mistake.New("usage: %s", cmd.UseLine())
			}
			e, err := exercise.Lookup(args[0])
			if err != nil {
				return mistake.Of(err)
			}
			trial := run.OfTrial(e, args[1])
			t.request.Targets, t.request.Tries = trial.Targets, trial.Tries
			return t.traces(cmd, trial.Plan, func([]*trace.Trace) error { return nil })
		},
	}
	t.recordFlags(cmd)
	t.saveFlag(cmd)
	return cmd
}
