package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
)

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
