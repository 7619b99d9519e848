package main

import "github.com/spf13/cobra"

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
