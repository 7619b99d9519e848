package workshop

import (
	"context"
	"time"

	"dialpath/lab/exercise"
)

// betweenLooks is the time between two looks at the files: they are looked at, since no
// event tells of a change on a shared folder.
const betweenLooks = 300 * time.Millisecond

// CtrlC is the key that a terminal without signals sends for it.
const CtrlC = 3

// A vigil is a watch under way.
type vigil struct {
	*Workshop
	exercise exercise.Exercise
	saved    string // fingerprint of the files, as of the last look
	sure     bool   // r was pressed once
	keys     <-chan byte
	over     bool // Ctrl-C came while a program was judged
}

// Watch begins an exercise, checks the program whenever the learner saves it, and does what
// keys stand for. It ends at q or Ctrl-C, where there are no more keys, and when the context
// is done.
func (w *Workshop) Watch(ctx context.Context, e exercise.Exercise, keys <-chan byte) error {
	v := &vigil{Workshop: w, keys: keys}
	if err := v.turnTo(e); err != nil {
		return err
	}
	tick := time.NewTicker(betweenLooks)
	defer tick.Stop()
	for !v.over {
		select {
		case <-ctx.Done():
			return nil
		case key, ok := <-keys:
			if !ok || key == 'q' || key == CtrlC {
				return nil
			}
			v.report(v.press(ctx, key))
		case <-tick.C:
			if v.Fingerprint(v.exercise) != v.saved {
				v.judge(ctx)
			}
		}
	}
	return nil
}

// turnTo turns to an exercise.
func (v *vigil) turnTo(e exercise.Exercise) error {
	progress, err := v.Progress()
	if err != nil {
		return err
	}
	if err := v.Begin(e, progress); err != nil {
		return err
	}
	v.exercise, v.saved = e, v.Fingerprint(e)
	v.prompt()
	return nil
}

func (v *vigil) prompt() {
	v.Screen.Say("\nWaiting for %s to be saved.\nh hint · c check · n next · l list · r reset · q quit", v.Path(v.exercise))
}

// press does what a key stands for.
func (v *vigil) press(ctx context.Context, key byte) error {
	sure := v.sure
	v.sure = false
	progress, err := v.Progress()
	if err != nil {
		return err
	}
	switch key {
	case 'h':
		err = v.Hint(v.exercise, progress)
	case 'c':
		v.judge(ctx)
		return nil
	case 'n':
		return v.next(progress)
	case 'l':
		err = v.Screen.List(progress)
	case 'r':
		if v.sure = !sure; v.sure {
			v.Screen.Say("Press r again to give exercise %d its first program back.", v.exercise.Number)
			return nil
		}
		err = v.BeginAnew(v.exercise)
		v.saved = v.Fingerprint(v.exercise)
	}
	if err == nil {
		v.prompt()
	}
	return err
}

// next turns to the exercise that comes after this one, or back to what is left.
func (v *vigil) next(progress Progress) error {
	all := exercise.All()
	for i := 1; i <= len(all); i++ {
		e := all[(v.exercise.Number-1+i)%len(all)]
		if !progress[e.Name].Passed {
			return v.turnTo(e)
		}
	}
	v.Screen.Say("All %d exercises are passed.", len(all))
	return nil
}

// judge checks the program. Whatever is wrong with it is news, and no end. Keys that are
// pressed meanwhile mean nothing, but for Ctrl-C.
func (v *vigil) judge(ctx context.Context) {
	v.saved = v.Fingerprint(v.exercise)
	v.Screen.Say("\nChecking...")
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		passed bool
		err    error
	}
	judged := make(chan outcome)
	go func() {
		passed, err := v.Check(ctx, v.exercise)
		judged <- outcome{passed, err}
	}()
	for {
		select {
		case key, ok := <-v.keys:
			if !ok || key == CtrlC {
				v.over, v.keys = true, nil
				cancel()
			}
		case o := <-judged:
			v.report(o.err)
			if v.over {
				return
			}
			if o.passed {
				v.Screen.Say("\nPress n for the next exercise, when you are done with this one.")
			}
			v.prompt()
			return
		}
	}
}

func (v *vigil) report(err error) {
	if err != nil {
		v.Screen.Say("lab: %v", err)
	}
}
