package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
)

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
