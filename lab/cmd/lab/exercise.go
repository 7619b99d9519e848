package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/exercise"
	"dialpath/lab/exercise/folder"
	"dialpath/lab/view"
)

// A workshop is what the verbs of lab exercise work on.
type workshop struct {
	env    environment
	folder folder.Folder
	inside string // the exercise in whose folder the learner stands; "" for none
}

// find finds the learner's folder, if they do not say where it is: here, or, if they stand
// in it, further up.
func (w *workshop) find(cmd *cobra.Command, _ []string) error {
	dir, err := os.Getwd()
	if err != nil || cmd.Flags().Changed("dir") {
		return nil
	}
	if folder.Is(dir) {
		w.folder.Dir = "."
	}
	if e, err := exercise.Lookup(filepath.Base(dir)); err == nil && folder.Is(filepath.Dir(dir)) {
		w.folder.Dir, w.inside = "..", e.Name
	}
	return nil
}

func newExercise(env environment) *cobra.Command {
	w := &workshop{env: env}
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
			progress, err := w.folder.Progress()
			if err != nil {
				return err
			}
			if json {
				return view.JSON(env.stdout, progress)
			}
			return view.Exercises(env.stdout, progress, w.style())
		},
	}
	cmd.PersistentFlags().StringVar(&w.folder.Dir, "dir", usualFolder, "your `FOLDER`")
	cmd.Flags().BoolVar(&json, "json", false, "write JSON")
	cmd.AddCommand(newStart(w), newCheck(w), newWatchExercise(w), newHint(w), newSolution(w), newReset(w), newExport(w), newBoard(w))
	return cmd
}

// style is how text is to look.
func (w *workshop) style() view.Style {
	style := w.env.style()
	if !slices.Contains([]string{usualFolder, ".", ".."}, w.folder.Dir) {
		style.Flags = "--dir " + w.folder.Dir
	}
	return style
}

// call is how a verb is called for an exercise.
func (w *workshop) call(verb string, e exercise.Exercise) string {
	return w.style().Verb(fmt.Sprintf("%s %d", verb, e.Number))
}

// usualFolder is where learners work, if they do not say where.
const usualFolder = "workshop"

// chosen returns the exercise that the argument names, or the one to go on with.
func (w *workshop) chosen(args []string) (exercise.Exercise, folder.Progress, error) {
	progress, err := w.folder.Progress()
	if err != nil {
		return exercise.Exercise{}, nil, err
	}
	switch {
	case len(args) > 1:
		return exercise.Exercise{}, nil, usagef("unexpected argument %q: one exercise at a time", args[1])
	case len(args) == 0 && w.inside != "":
		args = []string{w.inside}
		fallthrough
	case len(args) == 1:
		e, err := exercise.Lookup(args[0])
		if err != nil {
			return e, nil, usageError{err}
		}
		return e, progress, nil
	}
	e, left := progress.Current()
	if !left {
		return e, nil, usagef("all exercises are passed: give the number of one")
	}
	return e, progress, nil
}

// started is chosen for exercises that the learner must have started.
func (w *workshop) started(args []string) (exercise.Exercise, folder.Progress, error) {
	e, progress, err := w.chosen(args)
	if err != nil {
		return e, nil, err
	}
	if _, err := os.Stat(w.folder.Path(e)); err != nil {
		return e, nil, fmt.Errorf("exercise %d has not been started: %s", e.Number, w.call("start", e))
	}
	return e, progress, nil
}

func newStart(w *workshop) *cobra.Command {
	return &cobra.Command{
		Use:   "start [EXERCISE]",
		Short: "Write an exercise into your folder, and show what it is about",
		Long: `Start writes the files of an exercise into your folder, those that are not there
yet, and shows what is to be done. Without a number it takes the next one.`,
		Example: "  lab exercise start\n  lab exercise start 2\n  lab exercise start silent-dial",
		RunE: func(_ *cobra.Command, args []string) error {
			e, progress, err := w.chosen(args)
			if err != nil {
				return err
			}
			return w.start(e, progress)
		},
	}
}

func (w *workshop) start(e exercise.Exercise, progress folder.Progress) error {
	if err := w.folder.Start(e); err != nil {
		return err
	}
	r := progress[e.Name]
	r.At = time.Now()
	progress[e.Name] = r
	if err := w.folder.Save(progress); err != nil {
		return err
	}
	return view.Brief(w.env.stdout, e, w.folder.Path(e), w.style())
}

func newHint(w *workshop) *cobra.Command {
	return &cobra.Command{
		Use:     "hint [EXERCISE]",
		Short:   "Give the next hint",
		Long:    "Hint gives one hint more each time, until there is none left.",
		Example: "  lab exercise hint\n  lab exercise hint 2",
		RunE: func(_ *cobra.Command, args []string) error {
			e, progress, err := w.started(args)
			if err != nil {
				return err
			}
			return w.hint(e, progress)
		},
	}
}

// hint shows the next hint, or the last one again.
func (w *workshop) hint(e exercise.Exercise, progress folder.Progress) error {
	r := progress[e.Name]
	n := min(r.Hints+1, len(e.Hints))
	if err := view.Advice(w.env.stdout, e, n, w.style()); err != nil {
		return err
	}
	if r.Hints == n {
		w.env.say("There are no more hints: %s --show", w.call("solution", e))
		return nil
	}
	r.Hints = n
	progress[e.Name] = r
	return w.folder.Save(progress)
}

func newSolution(w *workshop) *cobra.Command {
	show := false
	cmd := &cobra.Command{
		Use:     "solution [EXERCISE]",
		Short:   "Show a solution, once you have one of your own",
		Long:    "Solution shows a program that passes: after yours has, or with --show.",
		Example: "  lab exercise solution 2\n  lab exercise solution 2 --show",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("whose solution: give the number of an exercise")
			}
			e, progress, err := w.chosen(args)
			if err != nil {
				return err
			}
			if !progress[e.Name].Passed && !show {
				return fmt.Errorf("exercise %d is not passed yet: try a hint (%s), or give up with --show", e.Number, w.call("hint", e))
			}
			_, err = w.env.stdout.Write(e.Solution())
			return err
		},
	}
	cmd.Flags().BoolVar(&show, "show", false, "show it before you have passed, too")
	return cmd
}

func newReset(w *workshop) *cobra.Command {
	return &cobra.Command{
		Use:     "reset EXERCISE",
		Short:   "Begin an exercise anew; your program is kept beside",
		Long:    "Reset gives an exercise its first program back. Yours is kept under another\nname; your predictions stay.",
		Example: "  lab exercise reset 2",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("nothing to reset: give the number of an exercise")
			}
			e, _, err := w.started(args)
			if err != nil {
				return err
			}
			return w.reset(e)
		},
	}
}

func (w *workshop) reset(e exercise.Exercise) error {
	kept, err := w.folder.Reset(e)
	if err != nil {
		return err
	}
	if kept != "" {
		w.env.say("Your program is kept as %s.", kept)
	}
	w.env.say("%s is as it was at the start; your predictions stay.", filepath.Join(w.folder.Path(e), "main.go"))
	return nil
}

func newExport(w *workshop) *cobra.Command {
	var name string
	var source bool
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write your results into one file, for the instructor",
		Long: `Export writes what you have done into one file: which exercises have passed after
how many checks and hints, what you predicted, the kernel, and versions. Your
programs are not in it unless you say --source.`,
		Example: "  lab exercise export gopher.json\n  lab exercise export gopher.json --name Gopher --source",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("export takes the name of one file, as results.json")
			}
			if name == "" {
				name = userName()
			}
			report, err := w.folder.Report(name, source)
			if err != nil {
				return err
			}
			if args[0], err = savable(args[0]); err != nil {
				return err
			}
			return report.Write(args[0])
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the `NAME` to go by; else your user's")
	cmd.Flags().BoolVar(&source, "source", false, "add your programs")
	return cmd
}

// userName is the name of who sits there.
func userName() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}

func newBoard(w *workshop) *cobra.Command {
	json := false
	cmd := &cobra.Command{
		Use:     "board FILE...",
		Short:   "Show how far a class is, from their exported files",
		Long:    "Board shows a table of a class: who has passed what, and how much they predicted.",
		Example: "  lab exercise board class/*.json",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("nobody to show: give the files that lab exercise export has made")
			}
			var reports []folder.Report
			var failed []string
			for _, name := range args {
				report, err := folder.ReadReport(name)
				if err != nil {
					failed = append(failed, err.Error())
					continue
				}
				reports = append(reports, report)
			}
			var err error
			if json {
				err = view.JSON(w.env.stdout, reports)
			} else {
				err = view.Board(w.env.stdout, reports, w.style())
			}
			if len(failed) > 0 {
				err = errors.Join(err, errors.New(strings.Join(failed, "\nlab: ")))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "write JSON")
	return cmd
}
