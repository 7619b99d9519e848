package workshop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dialpath/lab/exercise"
	"dialpath/lab/mistake"
	"dialpath/lab/trace"
)

// A Workshop is where a learner works on exercises: it starts them, gives hints, has
// programs judged, and notes what became of it.
type Workshop struct {
	Folder
	Inside string // the exercise in whose folder the learner stands; "" for none
	Screen Screen
	// Trace hands over the trace of a trial: of one run of a program for an exercise.
	Trace func(ctx context.Context, e exercise.Exercise, program string, use func(*trace.Trace) error) error
}

// A Screen is what a learner looks at.
type Screen interface {
	Brief(e exercise.Exercise, path string) error             // what is to be done, and where
	Hints(e exercise.Exercise, n int) error                   // the first n hints
	List(p Progress) error                                    // all exercises
	Result(e exercise.Exercise, result exercise.Result) error // of a run
	Say(format string, args ...any)                           // a line of news
	Call(verb string) string                                  // how the reader calls a verb of the workshop
	Unwatched(failed []trace.Failure)                         // functions without a probe
}

// ErrInterrupted is what is left to say after a Ctrl-C that came before a verdict.
var ErrInterrupted = errors.New("interrupted")

// Find finds the folder of a learner who stands in a directory and has not said where it is:
// that directory, or, if it is an exercise's, the one above.
func (w *Workshop) Find(dir string) {
	if Is(dir) {
		w.Dir = "."
	}
	if e, err := exercise.Lookup(filepath.Base(dir)); err == nil && Is(filepath.Dir(dir)) {
		w.Dir, w.Inside = "..", e.Name
	}
}

// Choose returns the exercise that the arguments name, or the one to go on with.
func (w *Workshop) Choose(args []string) (exercise.Exercise, Progress, error) {
	progress, err := w.Progress()
	if err != nil {
		return exercise.Exercise{}, nil, err
	}
	switch {
	case len(args) > 1:
		return exercise.Exercise{}, nil, mistake.New("unexpected argument %q: one exercise at a time", args[1])
	case len(args) == 0 && w.Inside != "":
		args = []string{w.Inside}
		fallthrough
	case len(args) == 1:
		e, err := exercise.Lookup(args[0])
		if err != nil {
			return e, nil, mistake.Of(err)
		}
		return e, progress, nil
	}
	e, left := progress.Current()
	if !left {
		return e, nil, mistake.New("all exercises are passed: give the number of one")
	}
	return e, progress, nil
}

// ChooseStarted is Choose for exercises that the learner must have started.
func (w *Workshop) ChooseStarted(args []string) (exercise.Exercise, Progress, error) {
	e, progress, err := w.Choose(args)
	if err != nil {
		return e, nil, err
	}
	if _, err := os.Stat(w.Path(e)); err != nil {
		return e, nil, fmt.Errorf("exercise %d has not been started: %s", e.Number, w.call("start", e))
	}
	return e, progress, nil
}

// call is how a verb is called for an exercise.
func (w *Workshop) call(verb string, e exercise.Exercise) string {
	return w.Screen.Call(fmt.Sprintf("%s %d", verb, e.Number))
}

// Begin starts an exercise, and shows what is to be done.
func (w *Workshop) Begin(e exercise.Exercise, progress Progress) error {
	if err := w.Start(e); err != nil {
		return err
	}
	r := progress[e.Name]
	r.At = time.Now()
	progress[e.Name] = r
	if err := w.Save(progress); err != nil {
		return err
	}
	return w.Screen.Brief(e, w.Path(e))
}

// Hint shows the next hint, or the last one again.
func (w *Workshop) Hint(e exercise.Exercise, progress Progress) error {
	r := progress[e.Name]
	n := min(r.Hints+1, len(e.Hints))
	if err := w.Screen.Hints(e, n); err != nil {
		return err
	}
	if r.Hints == n {
		w.Screen.Say("There are no more hints: %s --show", w.call("solution", e))
		return nil
	}
	r.Hints = n
	progress[e.Name] = r
	return w.Save(progress)
}

// Solution returns a program that passes, for a learner whose own has, or who gives up.
func (w *Workshop) Solution(e exercise.Exercise, progress Progress, givenUp bool) ([]byte, error) {
	if !progress[e.Name].Passed && !givenUp {
		return nil, fmt.Errorf("exercise %d is not passed yet: try a hint (%s), or give up with --show", e.Number, w.call("hint", e))
	}
	return e.Solution(), nil
}

// BeginAnew gives an exercise its first program back, and says where the learner's is.
func (w *Workshop) BeginAnew(e exercise.Exercise) error {
	kept, err := w.Reset(e)
	if err != nil {
		return err
	}
	if kept != "" {
		w.Screen.Say("Your program is kept as %s.", kept)
	}
	w.Screen.Say("%s is as it was at the start; your predictions stay.", filepath.Join(w.Path(e), program))
	return nil
}
