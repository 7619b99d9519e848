package main

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func newWatchExercise(w *workshopFlags) *cobra.Command {
	c := newChecking(w)
	cmd := &cobra.Command{
		Use:   "watch [EXERCISE]",
		Short: "Check whenever you save",
		Long: `Watch checks your program whenever you save it, and does more at single keys:
h gives a hint, c checks, n goes on to the next exercise, l lists them, r resets
this one, q quits.`,
		Example: "  lab exercise watch\n  lab exercise watch 2 --guest",
		RunE: func(cmd *cobra.Command, args []string) error {
			e, _, err := w.of(nil).Choose(args)
			if err != nil {
				return err
			}
			restore, err := w.env.singleKeys()
			if err != nil {
				return err
			}
			defer restore()
			c.env = w.env
			return w.of(c.tryout(cmd)).Watch(cmd.Context(), e, readKeys(w.env.stdin))
		},
	}
	c.placeFlags(cmd)
	c.recordFlags(cmd)
	return cmd
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
func (e *environment) singleKeys() (restore func(), err error) {
	in, ok := e.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return func() {}, nil
	}
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, errors.Join(errors.New("have single keys"), err)
	}
	e.stdout, e.stderr = returning{e.stdout}, returning{e.stderr}
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
