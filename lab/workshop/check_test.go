package workshop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dialpath/lab/exercise"
	"dialpath/lab/mistake"
	"dialpath/lab/trace"
)

// lossy is a trace that proves nothing.
func lossy() *trace.Trace {
	return &trace.Trace{Kernel: "6.12.1", Target: trace.Target{Exercise: "silent-dial"}, Honesty: trace.Honesty{Lost: 1}}
}

// readied is a workshop whose second exercise is started and predicted.
func readied(t *testing.T, trial func(context.Context, exercise.Exercise, string) (*trace.Trace, error)) (*Workshop, paper) {
	t.Helper()
	w, shown := open(t, trial)
	e := second(t)
	if err := w.Begin(e, make(Progress)); err != nil {
		t.Fatal(err)
	}
	shown.next(t, "brief 2")
	put(t, filepath.Join(w.Path(e), exercise.SheetName), "packets-sent = 1")
	return w, shown
}

// TestCheck: the program that was built is run, what was seen is judged, and that is shown
// and noted. The program is not left behind.
func TestCheck(t *testing.T) {
	t.Parallel()
	var built string
	w, shown := readied(t, func(_ context.Context, e exercise.Exercise, program string) (*trace.Trace, error) {
		built = program
		info, err := os.Stat(program)
		if err != nil || info.Mode()&0o111 == 0 || e.Number != 2 {
			t.Errorf("exercise %d, %s is no program: %v", e.Number, program, err)
		}
		return lossy(), nil
	})
	if passed, err := w.Check(t.Context(), second(t)); passed || err != nil {
		t.Errorf("passed %v, %v", passed, err)
	}
	shown.next(t, "not watched: 0", "result 2: false")
	shown.nothing(t)
	progress, err := w.Progress()
	if r := progress["silent-dial"]; r.Checks != 1 || r.Kernel != "6.12.1" || err != nil {
		t.Errorf("what is noted is %+v, %v", r, err)
	}
	if _, err := os.Stat(built); err == nil {
		t.Errorf("%s is left behind", built)
	}
}

// TestCheckFails: what is wrong before a program has run is no check.
func TestCheckFails(t *testing.T) {
	t.Parallel()
	e := second(t)
	for name, c := range map[string]struct {
		spoil func(t *testing.T, w *Workshop)
		want  string
	}{
		"not predicted": {func(t *testing.T, w *Workshop) {
			put(t, filepath.Join(w.Path(e), exercise.SheetName), string(e.Sheet()))
		}, "predict first: "},
		"not compiled": {func(t *testing.T, w *Workshop) {
			put(t, filepath.Join(w.Path(e), program), "package main\nfunc main() { x }\n")
		}, "it does not compile:\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w, shown := readied(t, untried(t))
			c.spoil(t, w)
			if _, err := w.Check(t.Context(), e); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			shown.nothing(t)
			if progress, err := w.Progress(); progress[e.Name].Checks != 0 || err != nil {
				t.Errorf("noted are %d checks, %v", progress[e.Name].Checks, err)
			}
		})
	}
}

// TestCheckInterrupted: a Ctrl-C while the program runs is no verdict, whatever it breaks.
func TestCheckInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	w, shown := readied(t, func(context.Context, exercise.Exercise, string) (*trace.Trace, error) {
		interrupt()
		return nil, errors.New("the guest was ended")
	})
	if _, err := w.Check(ctx, second(t)); err != ErrInterrupted {
		t.Errorf("%v, want %v", err, ErrInterrupted)
	}
	shown.nothing(t)
}

// TestRejudge: a recording is judged wherever it is, and nothing is noted.
func TestRejudge(t *testing.T) {
	t.Parallel()
	w, shown := open(t, untried(t))
	file, other := filepath.Join(t.TempDir(), "mine.json"), filepath.Join(t.TempDir(), "other.json")
	if err := errors.Join(trace.Save(file, lossy()), trace.Save(other, new(trace.Trace))); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"2"}} {
		if passed, err := w.Rejudge(file, args); passed || err != nil {
			t.Errorf("%q: passed %v, %v", args, passed, err)
		}
		shown.next(t, "result 2: false")
	}
	for want, call := range map[string][2]string{
		`judge ` + file + `: it is no recording of exercise 3, but of "silent-dial"`:                       {file, "3"},
		`judge ` + other + `: it is no recording of an exercise: lab exercise check --save FILE makes one`: {other, "2"},
	} {
		if _, err := w.Rejudge(call[0], call[1:]); err == nil || err.Error() != want || !mistake.Is(err) {
			t.Errorf("%q: %v, want the mistake %s", call, err, want)
		}
	}
	shown.nothing(t)
	if _, err := os.Stat(w.Dir); err == nil {
		t.Error("it has made a folder")
	}
}
