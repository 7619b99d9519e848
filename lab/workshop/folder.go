// Package workshop is the learner's side of the exercises: their folder with programs,
// predictions and progress; building, checking and watching a program; and what a class has
// done. It runs nothing itself: who uses it says how a trace of a run is had, and how things
// are shown.
package workshop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dialpath/lab/exercise"
)

// A Folder is where a learner works. Each exercise has a folder in it, which is a Go
// module of its own.
type Folder struct{ Dir string }

// Path returns the folder of an exercise.
func (f Folder) Path(e exercise.Exercise) string { return filepath.Join(f.Dir, e.Folder()) }

// program is the file that the learner is to change.
const program = "main.go"

// Start writes an exercise's files, those that are not there yet: what the learner has
// written stays as it is.
func (f Folder) Start(e exercise.Exercise) error {
	for _, dir := range []string{f.Dir, f.Path(e)} {
		if err := makeDir(dir); err != nil {
			return fmt.Errorf("start exercise %d: %w", e.Number, err)
		}
	}
	for _, file := range e.Files() {
		name := filepath.Join(f.Path(e), file.Name)
		if _, err := lstat(name); err == nil {
			continue
		}
		if err := write(name, file.Data); err != nil {
			return fmt.Errorf("start exercise %d: %w", e.Number, err)
		}
	}
	return nil
}

// Reset gives an exercise its first program back. It returns where the learner's is now, or
// nothing if it was as it had been handed out. Predictions stay: the first ones count.
func (f Folder) Reset(e exercise.Exercise) (kept string, err error) {
	if err := f.Start(e); err != nil {
		return "", err
	}
	name := filepath.Join(f.Path(e), program)
	old, err := readFile(name)
	if err != nil {
		return "", fmt.Errorf("reset exercise %d: %w", e.Number, err)
	}
	if slices.Equal(old, e.Program()) {
		return "", nil
	}
	for n := 1; ; n++ {
		kept = fmt.Sprintf("%s.%d", name, n)
		if _, err := lstat(kept); errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err := asCaller(func() error { return os.Rename(name, kept) }); err != nil {
		return "", fmt.Errorf("reset exercise %d: keep your program: %w", e.Number, err)
	}
	if err := write(name, e.Program()); err != nil {
		return kept, fmt.Errorf("reset exercise %d: %w", e.Number, err)
	}
	return kept, nil
}

// ErrNotStarted means that an exercise has no folder yet, or not all of its files.
var ErrNotStarted = errors.New("start the exercise")

// Predicted returns the learner's predictions.
func (f Folder) Predicted(e exercise.Exercise) (exercise.Prediction, error) {
	name := filepath.Join(f.Path(e), exercise.SheetName)
	sheet, err := readFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("predict first: %s is not there: %w", name, ErrNotStarted)
	}
	if err != nil {
		return nil, fmt.Errorf("read predictions: %w", err)
	}
	p, err := e.ReadSheet(sheet)
	if err != nil {
		return nil, fmt.Errorf("predict first: %s, %w", name, err)
	}
	return p, nil
}

// Source returns the text of a line of one of the learner's files, or false for a file
// that is not in the exercise's folder.
func (f Folder) Source(e exercise.Exercise) func(file string, line int) (string, bool) {
	dir, err := filepath.Abs(f.Path(e))
	return func(file string, line int) (string, bool) {
		if err != nil || filepath.Dir(file) != dir {
			return "", false
		}
		text, err := readFile(file)
		lines := strings.Split(string(text), "\n")
		if err != nil || line < 1 || line > len(lines) {
			return "", false
		}
		return lines[line-1], true
	}
}

// Fingerprint changes whenever something that counts in an exercise's folder does. Who
// wants to know of changes must ask again and again: what is written on a shared folder of
// a virtual machine sends no event.
func (f Folder) Fingerprint(e exercise.Exercise) string {
	var all strings.Builder
	entries, _ := os.ReadDir(f.Path(e))
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, "go.") && name != exercise.SheetName {
			continue // such as what editors leave
		}
		if info, err := entry.Info(); err == nil {
			fmt.Fprintln(&all, name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return all.String()
}
