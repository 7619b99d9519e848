package main

import (
	"context"

	"github.com/spf13/cobra"

	"dialpath/lab/exercise"
	"dialpath/lab/run"
	"dialpath/lab/trace"
)

// A check is what the flags say of how a learner's program is to be judged.
type check struct {
	*tracer
	workshop *workshopFlags
	place    run.Place
}

func newChecking(w *workshopFlags) *check { return &check{tracer: newTracer(w.env), workshop: w} }

func newCheck(w *workshopFlags) *cobra.Command {
	c := newChecking(w)
	cmd := &cobra.Command{
		Use:   "check [EXERCISE]",
		Short: "Run your program, and have the kernel judge it",
		Long: `Check builds your program and runs it with probes in the kernel, as a user without
rights, in a cell: a private network with nobody but the other end of the
exercise, none of your files, little memory, and some seconds. What the kernel
saw is judged. With root it runs on this kernel, if that sees enough; else in a
guest.`,
		Example: `  lab exercise check
  lab exercise check 2
  lab exercise check 2 --guest --kernel 6.1
  lab exercise check 2 --save mine.json.gz
  lab exercise check 2 -r mine.json.gz`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.check(cmd, args)
		},
	}
	c.placeFlags(cmd)
	cmd.Flags().BoolVar(&w.screen.whole, "stack", false, "show stacks whole, with Go's way through its library")
	cmd.Flags().StringVarP(&c.target.replay, "replay", "r", "", "run nothing: judge the recording in `FILE`")
	c.recordFlags(cmd)
	cmd.Flags().BoolVar(&w.screen.json, "json", false, "write JSON")
	c.saveFlag(cmd)
	return cmd
}

// placeFlags declares the flags that say where a program is to run.
func (c *check) placeFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.place.Guest, "guest", false, "run it in a guest, whatever this kernel can")
	cmd.Flags().StringVar(&c.place.Kernel, "kernel", "", "in a guest with the newest kernel of this `SERIES`, as 6.1")
}

func (c *check) check(cmd *cobra.Command, args []string) error {
	passed, err := c.judged(cmd, args)
	if err == nil && !passed {
		return exit(statusFailed)
	}
	return err
}

// judged has a recording judged, or a program run and judged.
func (c *check) judged(cmd *cobra.Command, args []string) (passed bool, err error) {
	w := c.workshop.of(c.tryout(cmd))
	if cmd.Flags().Changed("replay") {
		if err := nothingToRecord(cmd); err != nil {
			return false, err
		}
		return w.Rejudge(c.target.replay, args)
	}
	if err := checkSave(cmd.Flag("save")); err != nil {
		return false, err
	}
	if c.request.Save != "" { // before a program is built, and a guest booted
		if c.request.Save, err = run.Savable(c.request.Save); err != nil {
			return false, err
		}
	}
	e, _, err := w.ChooseStarted(args)
	if err != nil {
		return false, err
	}
	return w.Check(cmd.Context(), e)
}

// A tryout hands over the trace of a trial, as a workshop wants it.
type tryout = func(ctx context.Context, e exercise.Exercise, program string, use func(*trace.Trace) error) error

// ofCheck are the flags of who checks a program that mean nothing where it is run.
var ofCheck = []string{"guest", "kernel", "stack", "replay", "json", "save", "dir"}

// tryout has trials recorded as the flags say.
func (c *check) tryout(cmd *cobra.Command) tryout {
	return func(ctx context.Context, e exercise.Exercise, program string, use func(*trace.Trace) error) error {
		progress := newProgress(c.env)
		defer progress.end()
		trial := run.OfTrial(e, program)
		c.request.Plan, c.request.Targets, c.request.Tries = trial.Plan, trial.Targets, trial.Tries
		c.request.News.Progress = progress.show
		place := c.place
		place.Flags, place.Say, place.Bar = setFlags(cmd, ofCheck...), c.env.say, c.env.bar()
		return c.advise(cmd, place.Trace(ctx, c.request, use))
	}
}
