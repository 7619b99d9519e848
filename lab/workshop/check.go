package workshop

import (
	"context"
	"errors"
	"time"

	"dialpath/lab/exercise"
	"dialpath/lab/mistake"
	"dialpath/lab/trace"
)

// Check builds the learner's program, runs it and judges what the kernel saw. It shows the
// result, and notes it. If the context is done before there is one, it fails with
// [ErrInterrupted].
func (w *Workshop) Check(ctx context.Context, e exercise.Exercise) (passed bool, err error) {
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = ErrInterrupted
		}
	}()
	predicted, err := w.Predicted(e)
	if err != nil {
		return false, err
	}
	program, remove, err := w.Build(ctx, e)
	if err != nil {
		return false, err
	}
	defer remove()
	if ctx.Err() != nil {
		return false, ErrInterrupted
	}
	err = w.Trace(ctx, e, program, func(t *trace.Trace) error {
		w.Screen.Unwatched(t.Honesty.Failed)
		result := e.Judge(t, predicted)
		passed = result.Passed
		progress, err := w.Progress()
		if err != nil {
			return err
		}
		progress.Judged(e, result, time.Now())
		return errors.Join(w.Save(progress), w.Screen.Result(e, result))
	})
	return passed, err
}

// Rejudge judges a recording, which must be of the exercise that the arguments name, if they
// name one. What is in it is all that counts: nothing is noted.
func (w *Workshop) Rejudge(name string, args []string) (passed bool, err error) {
	traces, err := trace.Load(name)
	if err != nil {
		return false, err
	}
	t := traces[0]
	if t.Target.Exercise == "" {
		return false, mistake.New("judge %s: it is no recording of an exercise: %s makes one", name, w.Screen.Call("check --save FILE"))
	}
	if len(args) == 0 {
		args = []string{t.Target.Exercise}
	}
	e, _, err := w.Choose(args)
	if err != nil {
		return false, err
	}
	if t.Target.Exercise != e.Name {
		return false, mistake.New("judge %s: it is no recording of exercise %d, but of %q", name, e.Number, t.Target.Exercise)
	}
	predicted, _ := w.Predicted(e) // there may be no folder here
	result := e.Judge(t, predicted)
	return result.Passed, w.Screen.Result(e, result)
}
