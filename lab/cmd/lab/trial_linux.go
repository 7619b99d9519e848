package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/exercise"
	"dialpath/lab/record"
	"dialpath/lab/stage"
	"dialpath/lab/stage/cell"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
)

// newTrial is for a guest: the program has been built outside, and the trace is judged
// there.
func newTrial(env environment) *cobra.Command {
	s := &source{env: env}
	cmd := &cobra.Command{
		Use:    "trial EXERCISE PROGRAM --save FILE",
		Short:  "Record the run of a program for an exercise",
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 || s.save == "" {
				return usagef("usage: %s", cmd.UseLine())
			}
			e, err := exercise.Lookup(args[0])
			if err != nil {
				return usageError{err}
			}
			return s.recordTrial(cmd, e, args[1], func(t *trace.Trace) error { return s.keep(t) })
		},
	}
	s.backendFlag(cmd)
	s.saveFlag(cmd)
	return cmd
}

// recordTrial runs a learner's program on this kernel, again if something got lost.
func (s *source) recordTrial(cmd *cobra.Command, e exercise.Exercise, program string, use func(*trace.Trace) error) error {
	trial := &stage.Trial{Exercise: e.Name, Program: program, Peer: e.Peer, Serves: e.Serves}
	if vm.InGuest() {
		trial.Limit = cell.TimeInGuest
	}
	opts := record.Options{Target: stage.Target{Trial: trial}, Tries: 3}
	w := wanted{functions: e.Functions, stacks: e.Stacks, packets: true, syscalls: true, strict: e.NeedsKprobes()}
	return s.recordEach(cmd, w, []record.Options{opts}, func(traces []*trace.Trace) error {
		if cmd.Context().Err() != nil { // it was cut short, and proves nothing
			return errInterrupted
		}
		return use(traces[0])
	})
}
