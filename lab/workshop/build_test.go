package workshop

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dialpath/lab/exercise"
)

func TestBuild(t *testing.T) {
	f, e := begun(t)
	defer syscall.Umask(syscall.Umask(0o077)) // as the careful have it
	path, remove, err := f.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o755 {
		t.Errorf("no program for everybody: %v, %v", info, err)
	}
	remove()
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("its directory is left behind")
	}

	put(t, filepath.Join(f.Path(e), "main.go"), "package main\n\nfunc main() { undefined() }\n")
	_, _, err = f.Build(t.Context(), e)
	var failed *BuildError
	if !errors.As(err, &failed) || !strings.Contains(failed.Output, "main.go:3:15: undefined: undefined") {
		t.Errorf("error %v", err)
	}
	put(t, filepath.Join(f.Path(e), "main.go"), "package library\n")
	if _, _, err := f.Build(t.Context(), e); err == nil || err.Error() != "build "+f.Path(e)+": it is no program: its files must begin with package main" {
		t.Errorf("error %v", err)
	}
	third, _ := exercise.Lookup("3")
	if _, _, err := f.Build(t.Context(), third); !errors.Is(err, ErrNotStarted) {
		t.Errorf("error %v, want that it was not started", err)
	}
}

func TestEveryExerciseBuilds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles the program of each exercise")
	}
	f := Folder{t.TempDir()}
	for _, e := range exercise.All() {
		if err := f.Start(e); err != nil {
			t.Fatal(err)
		}
		_, remove, err := f.Build(t.Context(), e)
		if err != nil {
			t.Fatalf("%s: %v", e.Folder(), err)
		}
		remove()
	}
}

// TestModules: what an exercise takes from outside is what the lab is built with, so that
// a learner who has built the lab needs no network.
func TestModules(t *testing.T) {
	t.Parallel()
	ours, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exercise.All() {
		for _, file := range e.Files() {
			if file.Name != "go.mod" {
				continue
			}
			for line := range strings.Lines(string(file.Data)) {
				fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
				if len(fields) > 1 && strings.Contains(fields[0], "/") && fields[0] != "//" &&
					!strings.Contains(string(ours), fields[0]+" "+fields[1]) {
					t.Errorf("%s: %s: the lab has another version", e.Folder(), strings.TrimSpace(line))
				}
			}
		}
	}
}
