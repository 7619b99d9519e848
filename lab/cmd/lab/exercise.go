package main

import (
	"os"

	"github.com/spf13/cobra"

	"dialpath/lab/view"
	"dialpath/lab/workshop"
)

// workshopFlags is what the flags of the verbs of lab exercise say that all of them have.
type workshopFlags struct {
	env    environment
	dir    string // the learner's folder
	inside string // the exercise in whose folder the learner stands; "" for none
	screen screen
}

// usualFolder is where learners work, if they do not say where.
const usualFolder = "workshop"

// find finds the learner's folder, if they do not say where it is.
func (w *workshopFlags) find(cmd *cobra.Command, _ []string) error {
	here, err := os.Getwd()
	if err != nil || cmd.Flags().Changed("dir") {
		return nil
	}
	found := w.of(nil)
	found.Find(here)
	w.dir, w.inside = found.Dir, found.Inside
	return nil
}

// of is the workshop in which trials are had so; nil if none are.
func (w *workshopFlags) of(trials tryout) *workshop.Workshop {
	w.screen.environment, w.screen.folder = w.env, workshop.Folder{Dir: w.dir}
	return &workshop.Workshop{Folder: w.screen.folder, Inside: w.inside, Screen: &w.screen, Trace: trials}
}

func newExercise(env environment) *cobra.Command {
	w := &workshopFlags{env: env}
	json := false
	cmd := &cobra.Command{
		Use:   "exercise [VERB]",
		Short: "The workshop: exercises graded by the kernel",
		Long: `Exercise is the workshop. You predict what the kernel will count, change a Go
program, and run it; the judge is the kernel's own evidence of what the program
did. Your programs and your progress are in the folder workshop. Without a verb
it shows how far you are, and what is next.`,
		Example: `  lab exercise
  lab exercise start 2
  lab exercise check
  lab exercise watch`,
		Args:              verbs,
		PersistentPreRunE: w.find,
		RunE: func(*cobra.Command, []string) error {
			learner := w.of(nil)
			progress, err := learner.Progress()
			if err != nil {
				return err
			}
			if json {
				return view.JSON(env.stdout, progress)
			}
			return learner.Screen.List(progress)
		},
	}
	cmd.PersistentFlags().StringVar(&w.dir, "dir", usualFolder, "your `FOLDER`")
	cmd.Flags().BoolVar(&json, "json", false, "write JSON")
	cmd.AddCommand(newStart(w), newCheck(w), newWatchExercise(w), newHint(w), newSolution(w), newReset(w), newExport(w), newBoard(w))
	return cmd
}
