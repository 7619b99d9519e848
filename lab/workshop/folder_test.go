package workshop

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/exercise"
)

func second(t *testing.T) exercise.Exercise {
	t.Helper()
	e, err := exercise.Lookup("2")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func begun(t *testing.T) (Folder, exercise.Exercise) {
	t.Helper()
	f, e := Folder{filepath.Join(t.TempDir(), "workshop")}, second(t)
	if err := f.Start(e); err != nil {
		t.Fatal(err)
	}
	return f, e
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestStart(t *testing.T) {
	t.Parallel()
	f, e := begun(t)
	want := []string{"README.md", "go.mod", "main.go", "predict.txt"}
	if diff := cmp.Diff(want, names(t, f.Path(e))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	main := filepath.Join(f.Path(e), "main.go")
	put(t, main, "package mine")
	if err := f.Start(e); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(main); string(text) != "package mine" {
		t.Errorf("to start again took the learner's work away: %s", text)
	}
}

func TestStartFails(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, "")
	err := Folder{file}.Start(second(t))
	if want := "start exercise 2: mkdir " + file + ": not a directory"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	f, e := begun(t)
	if kept, err := f.Reset(e); kept != "" || err != nil {
		t.Errorf("nothing was changed, and it kept %q: %v", kept, err)
	}
	main := filepath.Join(f.Path(e), "main.go")
	put(t, main, "package mine")
	put(t, filepath.Join(f.Path(e), exercise.SheetName), "packets-sent = 1")
	kept, err := f.Reset(e)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(kept); string(text) != "package mine" {
		t.Errorf("kept in %s: %q", kept, text)
	}
	if kept != main+".1" {
		t.Errorf("kept as %s", kept)
	}
	if text, _ := os.ReadFile(main); string(text) != string(e.Program()) {
		t.Errorf("not the first program: %s", text)
	}
	if p, err := f.Predicted(e); err != nil || p["packets-sent"] != 1 {
		t.Errorf("the predictions are %v, %v", p, err)
	}
	put(t, main, "package another")
	if kept, err := f.Reset(e); err != nil || kept != main+".2" {
		t.Errorf("the second is kept as %s, %v", kept, err)
	}
}

func TestPredicted(t *testing.T) {
	t.Parallel()
	f, e := begun(t)
	sheet := filepath.Join(f.Path(e), exercise.SheetName)
	_, err := f.Predicted(e)
	if want := "predict first: " + sheet + ", line 5: packets-sent waits for your number"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	put(t, sheet, "packets-sent = 4")
	p, err := f.Predicted(e)
	if err != nil || p["packets-sent"] != 4 {
		t.Errorf("got %v, %v", p, err)
	}
	third, _ := exercise.Lookup("3")
	if _, err := f.Predicted(third); !errors.Is(err, ErrNotStarted) {
		t.Errorf("error %v, want that it was not started", err)
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	f, e := begun(t)
	main, err := filepath.Abs(filepath.Join(f.Path(e), "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, main, "package main\n\nfunc main() {}")
	source := f.Source(e)
	if text, ok := source(main, 3); text != "func main() {}" || !ok {
		t.Errorf("got %q, %v", text, ok)
	}
	for _, line := range []int{-1, 0, 4} {
		if text, ok := source(main, line); ok {
			t.Errorf("line %d is %q", line, text)
		}
	}
	if _, ok := source("/usr/local/go/src/net/dial.go", 1); ok {
		t.Error("Go's own file is taken for the learner's")
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	f, e := begun(t)
	for name, counts := range map[string]bool{"main.go": true, "more.go": true, "predict.txt": true, "go.mod": true, ".main.go.swp": false, "README.md": false} {
		before := f.Fingerprint(e)
		path := filepath.Join(f.Path(e), name)
		put(t, path, name+" is another now")
		old := time.Now().Add(-time.Hour) // as mv and cp -p leave it
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		if got := f.Fingerprint(e) != before; got != counts {
			t.Errorf("%s was saved: changed %v, want %v", name, got, counts)
		}
	}
}
