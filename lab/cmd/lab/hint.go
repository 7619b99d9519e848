package main

import "github.com/spf13/cobra"

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
