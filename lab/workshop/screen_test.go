package workshop

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"dialpath/lab/exercise"
	"dialpath/lab/trace"
)

// A paper is a screen on which all is noted, in short, in the order in which it came.
type paper struct{ lines chan string }

func (p paper) note(format string, args ...any) { p.lines <- fmt.Sprintf(format, args...) }

func (p paper) Brief(e exercise.Exercise, path string) error {
	p.note("brief %d", e.Number)
	return nil
}

func (p paper) Hints(e exercise.Exercise, n int) error {
	p.note("hints %d: %d", e.Number, n)
	return nil
}

func (p paper) List(progress Progress) error {
	p.note("list of %d", len(progress))
	return nil
}

func (p paper) Result(e exercise.Exercise, result exercise.Result) error {
	p.note("result %d: %v", e.Number, result.Passed)
	return nil
}

func (p paper) Say(format string, args ...any)   { p.note(format, args...) }
func (p paper) Call(verb string) string          { return "lab exercise " + verb }
func (p paper) Unwatched(failed []trace.Failure) { p.note("not watched: %d", len(failed)) }

// next demands what is noted next.
func (p paper) next(t *testing.T, want ...string) {
	t.Helper()
	for _, line := range want {
		select {
		case got := <-p.lines:
			if got != line {
				t.Fatalf("noted %q, want %q", got, line)
			}
		case <-t.Context().Done():
			t.Fatalf("waited in vain for %q", line)
		}
	}
}

// nothing demands that nothing more is noted.
func (p paper) nothing(t *testing.T) {
	t.Helper()
	select {
	case got := <-p.lines:
		t.Errorf("noted %q, want nothing more", got)
	default:
	}
}

// open is a new workshop in which a trial goes so.
func open(t *testing.T, trial func(ctx context.Context, e exercise.Exercise, program string) (*trace.Trace, error)) (*Workshop, paper) {
	t.Helper()
	p := paper{make(chan string, 100)}
	w := &Workshop{Folder: Folder{filepath.Join(t.TempDir(), "workshop")}, Screen: p}
	w.Trace = func(ctx context.Context, e exercise.Exercise, program string, use func(*trace.Trace) error) error {
		seen, err := trial(ctx, e, program)
		if err != nil {
			return err
		}
		return use(seen)
	}
	return w, p
}

// untried is for workshops in which nothing must be run.
func untried(t *testing.T) func(context.Context, exercise.Exercise, string) (*trace.Trace, error) {
	return func(_ context.Context, _ exercise.Exercise, program string) (*trace.Trace, error) {
		t.Errorf("%s was run", program)
		return new(trace.Trace), nil
	}
}
