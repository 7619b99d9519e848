package workshop

import (
	"context"
	"path/filepath"
	"testing"

	"dialpath/lab/exercise"
	"dialpath/lab/trace"
)

// watching presses keys in a workshop, and tells when the watch is over.
func watching(t *testing.T, ctx context.Context, w *Workshop) (press func(byte), over chan error) {
	keys := make(chan byte)
	over = make(chan error, 1)
	go func() { over <- w.Watch(ctx, second(t), keys) }()
	return func(key byte) { keys <- key }, over
}

// TestWatch saves a program, and presses each key.
func TestWatch(t *testing.T) {
	t.Parallel()
	w, shown := readied(t, func(context.Context, exercise.Exercise, string) (*trace.Trace, error) { return lossy(), nil })
	prompt := func(e exercise.Exercise) string {
		return "\nWaiting for " + w.Path(e) + " to be saved.\nh hint · c check · n next · l list · r reset · q quit"
	}
	e := second(t)
	press, over := watching(t, t.Context(), w)
	shown.next(t, "brief 2", prompt(e))
	put(t, filepath.Join(w.Path(e), program), string(e.Solution()))
	shown.next(t, "\nChecking...", "not watched: 0", "result 2: false", prompt(e))
	press('c')
	shown.next(t, "\nChecking...", "not watched: 0", "result 2: false", prompt(e))
	press('h')
	shown.next(t, "hints 2: 1", prompt(e))
	press('l')
	shown.next(t, "list of 1", prompt(e))
	press('r')
	shown.next(t, "Press r again to give exercise 2 its first program back.")
	press('x') // then it is not sure any more
	shown.next(t, prompt(e))
	press('r')
	press('r')
	main := filepath.Join(w.Path(e), program)
	shown.next(t, "Press r again to give exercise 2 its first program back.",
		"Your program is kept as "+main+".1.", main+" is as it was at the start; your predictions stay.", prompt(e))
	press('n')
	third, err := exercise.Lookup("3")
	if err != nil {
		t.Fatal(err)
	}
	shown.next(t, "brief 3", prompt(third))
	press('c') // it is not predicted: that is news, and no end
	shown.next(t, "\nChecking...")
	if news := <-shown.lines; len(news) < 20 || news[:19] != "lab: predict first:" {
		t.Errorf("the news are %q", news)
	}
	shown.next(t, prompt(third))
	press('q')
	if err := <-over; err != nil {
		t.Error(err)
	}
	shown.nothing(t)
}

// TestWatchInterrupted: a Ctrl-C while a program is judged ends both.
func TestWatchInterrupted(t *testing.T) {
	t.Parallel()
	runs := make(chan bool)
	w, shown := readied(t, func(ctx context.Context, _ exercise.Exercise, _ string) (*trace.Trace, error) {
		runs <- true
		<-ctx.Done()
		return nil, ctx.Err()
	})
	press, over := watching(t, t.Context(), w)
	press('c')
	<-runs
	press('h') // means nothing now
	press(CtrlC)
	if err := <-over; err != nil {
		t.Error(err)
	}
	<-shown.lines
	<-shown.lines
	shown.next(t, "\nChecking...", "lab: interrupted")
	shown.nothing(t)
}

// TestWatchEnds where there are no more keys, and when the context is done.
func TestWatchEnds(t *testing.T) {
	t.Parallel()
	w, _ := readied(t, untried(t))
	keys := make(chan byte)
	close(keys)
	if err := w.Watch(t.Context(), second(t), keys); err != nil {
		t.Error(err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Watch(done, second(t), nil); err != nil {
		t.Error(err)
	}
}
