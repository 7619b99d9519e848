package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/exercise"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

// A check is one judgement of a learner's program.
type check struct {
	*workshop
	source
	whole  bool   // stacks are to be shown whole
	kernel string // series of the guest's; "" for any
	guest  bool   // whatever this kernel can
}

func newCheck(w *workshop) *cobra.Command {
	c := &check{workshop: w, source: source{env: w.env}}
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
			return c.run(cmd, args)
		},
	}
	c.whereFlags(cmd)
	cmd.Flags().BoolVar(&c.whole, "stack", false, "show stacks whole, with Go's way through its library")
	cmd.Flags().StringVarP(&c.replay, "replay", "r", "", "run nothing: judge the recording in `FILE`")
	c.commonFlags(cmd)
	c.saveFlag(cmd)
	return cmd
}

// whereFlags declares the flags that say where a program is to run.
func (c *check) whereFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.guest, "guest", false, "run it in a guest, whatever this kernel can")
	cmd.Flags().StringVar(&c.kernel, "kernel", "", "in a guest with the newest kernel of this `SERIES`, as 6.1")
}

func (c *check) run(cmd *cobra.Command, args []string) error {
	if cmd.Flags().Changed("replay") {
		if err := nothingToRecord(cmd); err != nil {
			return err
		}
		return c.rejudge(args)
	}
	if err := c.checkSave(cmd); err != nil {
		return err
	}
	if c.save != "" { // before a program is built, and a guest booted
		name, err := savable(c.save)
		if err != nil {
			return err
		}
		c.save = name
	}
	e, _, err := c.started(args)
	if err != nil {
		return err
	}
	passed, err := c.check(cmd, e)
	if err == nil && !passed {
		return exit(statusFailed)
	}
	return err
}

// check builds, runs and judges, and notes the result.
func (c *check) check(cmd *cobra.Command, e exercise.Exercise) (passed bool, err error) {
	predicted, err := c.folder.Predicted(e)
	if err != nil {
		return false, err
	}
	program, remove, err := c.folder.Build(cmd.Context(), e)
	if cmd.Context().Err() != nil {
		return false, errInterrupted
	}
	if err != nil {
		return false, err
	}
	defer remove()
	err = c.try(cmd, e, program, func(t *trace.Trace) error {
		c.workshop.env.sayUnwatched(t.Honesty.Failed)
		result := e.Judge(t, predicted)
		passed = result.Passed
		progress, err := c.folder.Progress()
		if err != nil {
			return err
		}
		progress.Judged(e, result, time.Now())
		return errors.Join(c.keep(t), c.folder.Save(progress), c.showResult(e, result))
	})
	if err != nil && cmd.Context().Err() != nil {
		return false, errInterrupted
	}
	return passed, err
}

// errInterrupted is what is left to say after a Ctrl-C that came before a verdict.
var errInterrupted = errors.New("interrupted")

// rejudge judges a recording. What is in it is all that counts: nothing is noted.
func (c *check) rejudge(args []string) error {
	traces, err := trace.Load(c.replay)
	if err != nil {
		return err
	}
	t := traces[0]
	if t.Target.Exercise == "" {
		return usagef("judge %s: it is no recording of an exercise: %s exercise check --save FILE makes one", c.replay, c.workshop.env.lab)
	}
	if len(args) == 0 {
		args = []string{t.Target.Exercise}
	}
	e, _, err := c.chosen(args)
	if err != nil {
		return err
	}
	if t.Target.Exercise != e.Name {
		return usagef("judge %s: it is no recording of exercise %d, but of %q", c.replay, e.Number, t.Target.Exercise)
	}
	predicted, _ := c.folder.Predicted(e) // there may be no folder here
	result := e.Judge(t, predicted)
	if err := c.showResult(e, result); err != nil || result.Passed {
		return err
	}
	return exit(statusFailed)
}

func (c *check) showResult(e exercise.Exercise, result exercise.Result) error {
	if c.json {
		return view.JSON(c.workshop.env.stdout, result)
	}
	style := c.workshop.style()
	if !c.whole {
		style.Stacks = "--stack"
	}
	return view.Graded(c.workshop.env.stdout, e, result, c.folder.Source(e), style)
}
