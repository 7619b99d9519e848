package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dialpath/lab/exercise"
	"dialpath/lab/exercise/folder"
	"dialpath/lab/view"
)

func newWatchExercise(w *workshop) *cobra.Command {
	c := &check{workshop: w, source: source{env: w.env}}
	cmd := &cobra.Command{
		Use:   "watch [EXERCISE]",
		Short: "Check whenever you save",
		Long: `Watch checks your program whenever you save it, and does more at single keys:
h gives a hint, c checks, n goes on to the next exercise, l lists them, r resets
this one, q quits.`,
		Example: "  lab exercise watch\n  lab exercise watch 2 --guest",
		RunE: func(cmd *cobra.Command, args []string) error {
			e, _, err := w.chosen(args)
			if err != nil {
				return err
			}
			return watchExercise(cmd, c, e)
		},
	}
	c.whereFlags(cmd)
	c.backendFlag(cmd)
	return cmd
}

// blink is the time between two looks at the files.
const blink = 300 * time.Millisecond

// A vigil is a watch under way.
type vigil struct {
	*check
	cmd      *cobra.Command
	exercise exercise.Exercise
	saved    string // fingerprint of the files, as of the last look
	sure     bool   // r was pressed once
	keys     <-chan byte
	over     bool // Ctrl-C came while a program was judged
}

func watchExercise(cmd *cobra.Command, c *check, e exercise.Exercise) error {
	restore, err := c.workshop.singleKeys()
	if err != nil {
		return err
	}
	defer restore()
	v := &vigil{check: c, cmd: cmd}
	if err := v.begin(e); err != nil {
		return err
	}
	keys := readKeys(c.workshop.env.stdin)
	tick := time.NewTicker(blink)
	defer tick.Stop()
	v.keys = keys
	for !v.over {
		select {
		case <-cmd.Context().Done():
			return nil
		case key, ok := <-keys:
			if !ok || key == 'q' || key == ctrlC {
				return nil
			}
			v.report(v.press(key))
		case <-tick.C:
			if v.folder.Fingerprint(v.exercise) != v.saved {
				v.judge()
			}
		}
	}
	return nil
}

// ctrlC is what a terminal without signals sends for it.
const ctrlC = 3

// begin turns to an exercise.
func (v *vigil) begin(e exercise.Exercise) error {
	progress, err := v.folder.Progress()
	if err != nil {
		return err
	}
	if err := v.start(e, progress); err != nil {
		return err
	}
	v.exercise, v.saved = e, v.folder.Fingerprint(e)
	v.prompt()
	return nil
}

func (v *vigil) prompt() {
	v.workshop.env.say("\nWaiting for %s to be saved.\nh hint · c check · n next · l list · r reset · q quit", v.folder.Path(v.exercise))
}

// press does what a key stands for.
func (v *vigil) press(key byte) error {
	sure := v.sure
	v.sure = false
	progress, err := v.folder.Progress()
	if err != nil {
		return err
	}
	switch key {
	case 'h':
		err = v.hint(v.exercise, progress)
	case 'c':
		v.judge()
		return nil
	case 'n':
		return v.next(progress)
	case 'l':
		err = view.Exercises(v.workshop.env.stdout, progress, v.workshop.style())
	case 'r':
		if v.sure = !sure; v.sure {
			v.workshop.env.say("Press r again to give exercise %d its first program back.", v.exercise.Number)
			return nil
		}
		err = v.reset(v.exercise)
		v.saved = v.folder.Fingerprint(v.exercise)
	}
	if err == nil {
		v.prompt()
	}
	return err
}

// next turns to the exercise that comes after this one, or back to what is left.
func (v *vigil) next(progress folder.Progress) error {
	all := exercise.All()
	for i := 1; i <= len(all); i++ {
		e := all[(v.exercise.Number-1+i)%len(all)]
		if !progress[e.Name].Passed {
			return v.begin(e)
		}
	}
	v.workshop.env.say("All %d exercises are passed.", len(all))
	return nil
}

// judge checks the program. Whatever is wrong with it is news, and no end. Keys that are
// pressed meanwhile mean nothing, but for Ctrl-C.
func (v *vigil) judge() {
	v.saved = v.folder.Fingerprint(v.exercise)
	v.workshop.env.say("\nChecking...")
	outer := v.cmd.Context()
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	v.cmd.SetContext(ctx)
	defer v.cmd.SetContext(outer)
	type outcome struct {
		passed bool
		err    error
	}
	judged := make(chan outcome)
	go func() {
		passed, err := v.check.check(v.cmd, v.exercise)
		judged <- outcome{passed, err}
	}()
	for {
		select {
		case key, ok := <-v.keys:
			if !ok || key == ctrlC {
				v.over, v.keys = true, nil
				cancel()
			}
		case o := <-judged:
			v.report(o.err)
			if v.over {
				return
			}
			if o.passed {
				v.workshop.env.say("\nPress n for the next exercise, when you are done with this one.")
			}
			v.prompt()
			return
		}
	}
}

func (v *vigil) report(err error) {
	if err != nil {
		v.workshop.env.say("lab: %v", err)
	}
}

// readKeys hands out what is typed, until there is no more.
func readKeys(from io.Reader) <-chan byte {
	keys := make(chan byte)
	go func() {
		defer close(keys)
		one := make([]byte, 1)
		for {
			if _, err := io.ReadFull(from, one); err != nil {
				return
			}
			keys <- one[0]
		}
	}()
	return keys
}

// singleKeys has the terminal, if there is one, hand over each key at once. Restore makes
// it as it was.
func (w *workshop) singleKeys() (restore func(), err error) {
	in, ok := w.env.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return func() {}, nil
	}
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, errors.Join(errors.New("have single keys"), err)
	}
	w.env.stdout, w.env.stderr = returning{w.env.stdout}, returning{w.env.stderr}
	return func() { term.Restore(int(in.Fd()), before) }, nil
}

// returning writes to a terminal that takes a new line for just that: the way back to the
// first column must be asked for.
type returning struct{ w io.Writer }

func (r returning) Write(data []byte) (int, error) {
	if _, err := r.w.Write(bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(data), nil
}
