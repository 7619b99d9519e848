package workshop

import (
	"os"
	"path/filepath"
	"testing"

	"dialpath/lab/exercise"
	"dialpath/lab/mistake"
)

// TestFind: who stands in the folder, or in an exercise's, need not say so.
func TestFind(t *testing.T) {
	t.Parallel()
	w, _ := open(t, untried(t))
	if err := w.Begin(second(t), make(Progress)); err != nil {
		t.Fatal(err)
	}
	dir, usual := w.Dir, "workshop"
	for where, want := range map[string]Workshop{
		dir:                                  {Folder: Folder{"."}},
		filepath.Join(dir, "02-silent-dial"): {Folder: Folder{".."}, Inside: "silent-dial"},
		filepath.Join(dir, "elsewhere"):      {Folder: Folder{usual}},
		filepath.Dir(dir):                    {Folder: Folder{usual}},
	} {
		got := &Workshop{Folder: Folder{usual}}
		got.Find(where)
		if got.Dir != want.Dir || got.Inside != want.Inside {
			t.Errorf("in %s: folder %s, inside %q; want %s, %q", where, got.Dir, got.Inside, want.Dir, want.Inside)
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	w, _ := open(t, untried(t))
	choose := func(args ...string) int {
		t.Helper()
		e, _, err := w.Choose(args)
		if err != nil {
			t.Fatal(err)
		}
		return e.Number
	}
	if got := []int{choose(), choose("5"), choose("silent-dial")}; got[0] != 1 || got[1] != 5 || got[2] != 2 {
		t.Errorf("chosen are %v, want 1, 5, 2", got)
	}
	w.Inside = "silent-dial"
	if got := choose(); got != 2 {
		t.Errorf("inside of 2, exercise %d is chosen", got)
	}
	for _, args := range [][]string{{"1", "2"}, {"17000"}} {
		if _, _, err := w.Choose(args); !mistake.Is(err) {
			t.Errorf("%q: %v, want a mistake", args, err)
		}
	}
	_, _, err := w.ChooseStarted([]string{"2"})
	if want := "exercise 2 has not been started: lab exercise start 2"; err == nil || err.Error() != want || mistake.Is(err) {
		t.Errorf("%v, want %s", err, want)
	}
	done := make(Progress)
	for _, e := range exercise.All() {
		done[e.Name] = Record{Passed: true}
	}
	if err := os.MkdirAll(w.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := w.Save(done); err != nil {
		t.Fatal(err)
	}
	w.Inside = ""
	if _, _, err := w.Choose(nil); !mistake.Is(err) {
		t.Errorf("all are passed: %v, want a mistake", err)
	}
}

// TestHint: one more each time, and then the last one again.
func TestHint(t *testing.T) {
	t.Parallel()
	w, shown := open(t, untried(t))
	e := second(t)
	if err := w.Begin(e, make(Progress)); err != nil {
		t.Fatal(err)
	}
	shown.next(t, "brief 2")
	for range len(e.Hints) + 1 {
		progress, err := w.Progress()
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Hint(e, progress); err != nil {
			t.Fatal(err)
		}
	}
	shown.next(t, "hints 2: 1", "hints 2: 2")
	for range len(e.Hints) - 2 {
		<-shown.lines
	}
	last := <-shown.lines
	if want := "hints 2: " + string(rune('0'+len(e.Hints))); last != want {
		t.Errorf("after all: %s, want %s", last, want)
	}
	shown.next(t, "There are no more hints: lab exercise solution 2 --show")
	shown.nothing(t)
}

// TestSolution: it is for who has one, or gives up.
func TestSolution(t *testing.T) {
	t.Parallel()
	w, _ := open(t, untried(t))
	e := second(t)
	_, err := w.Solution(e, make(Progress), false)
	if want := "exercise 2 is not passed yet: try a hint (lab exercise hint 2), or give up with --show"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	for _, test := range []struct {
		progress Progress
		givenUp  bool
	}{{make(Progress), true}, {Progress{e.Name: {Passed: true}}, false}} {
		if text, err := w.Solution(e, test.progress, test.givenUp); string(text) != string(e.Solution()) || err != nil {
			t.Errorf("passed %v, given up %v: %q, %v", test.progress[e.Name].Passed, test.givenUp, text, err)
		}
	}
}
