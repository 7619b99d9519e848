package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
)

func newStart(w *workshopFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "start [EXERCISE]",
		Short: "Write an exercise into your folder, and show what it is about",
		Long: `Start writes the files of an exercise into your folder, those that are not there
yet, and shows what is to be done. Without a number it takes the next one.`,
		Example: "  lab exercise start\n  lab exercise start 2\n  lab exercise start silent-dial",
		RunE: func(_ *cobra.Command, args []string) error {
			learner := w.of(nil)
			e, progress, err := learner.Choose(args)
			if err != nil {
				return err
			}
			return learner.Begin(e, progress)
		},
	}
}

func newHint(w *workshopFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "hint [EXERCISE]",
		Short:   "Give the next hint",
		Long:    "Hint gives one hint more each time, until there is none left.",
		Example: "  lab exercise hint\n  lab exercise hint 2",
		RunE: func(_ *cobra.Command, args []string) error {
			learner := w.of(nil)
			e, progress, err := learner.ChooseStarted(args)
			if err != nil {
				return err
			}
			return learner.Hint(e, progress)
		},
	}
}

func newSolution(w *workshopFlags) *cobra.Command {
	show := false
	cmd := &cobra.Command{
		Use:     "solution [EXERCISE]",
		Short:   "Show a solution, once you have one of your own",
		Long:    "Solution shows a program that passes: after yours has, or with --show.",
		Example: "  lab exercise solution 2\n  lab exercise solution 2 --show",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return mistake.New("whose solution: give the number of an exercise")
			}
			learner := w.of(nil)
			e, progress, err := learner.Choose(args)
			if err != nil {
				return err
			}
			solution, err := learner.Solution(e, progress, show)
			if err != nil {
				return err
			}
			_, err = w.env.stdout.Write(solution)
			return err
		},
	}
	cmd.Flags().BoolVar(&show, "show", false, "show it before you have passed, too")
	return cmd
}

func newReset(w *workshopFlags) *cobra.Command {
	return &cobra.Command{
		Use:     "reset EXERCISE",
		Short:   "Begin an exercise anew; your program is kept beside",
		Long:    "Reset gives an exercise its first program back. Yours is kept under another\nname; your predictions stay.",
		Example: "  lab exercise reset 2",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return mistake.New("nothing to reset: give the number of an exercise")
			}
			learner := w.of(nil)
			e, _, err := learner.ChooseStarted(args)
			if err != nil {
				return err
			}
			return learner.BeginAnew(e)
		},
	}
}
