package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"

	"dialpath/lab/exercise"
	"dialpath/lab/ring"
)

// TestWatchExercise sits at a terminal: saves a wrong program and a right one, and presses
// keys.
func TestWatchExercise(t *testing.T) {
	ring.Root(t)
	dir := filepath.Join(t.TempDir(), "workshop")
	cmd := command(t, "exercise", "watch", "2", "--dir", dir)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	keyboard, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	defer keyboard.Close()
	screen := &screen{t: t, from: keyboard}
	screen.until("q quit")

	save := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "02-silent-dial", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	press := func(key string) {
		t.Helper()
		if _, err := io.WriteString(keyboard, key); err != nil {
			t.Fatal(err)
		}
	}
	save("predict.txt", "packets-sent = 1\n")
	if text := screen.until("q quit"); !strings.Contains(text, "the first was a TCP SYN\r\n") || !strings.Contains(text, "not yet") {
		t.Errorf("to the program as it was handed out it said\n%s", text)
	}
	press("h")
	if text := screen.until("q quit"); !strings.Contains(text, "Hint 1 of ") {
		t.Errorf("a hint is\n%s", text)
	}
	program, err := os.ReadFile(filepath.Join(dir, "02-silent-dial", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	save("main.go", strings.Replace(string(program), `"tcp"`, `"udp"`, 1))
	if text := screen.until("q quit"); !strings.Contains(text, "✓ passed\r\n") || !strings.Contains(text, "Press n ") {
		t.Errorf("to the right program it said\n%s", text)
	}
	press("l")
	if text := screen.until("q quit"); !strings.Contains(text, fmt.Sprintf("1 of %d passed.", len(exercise.All()))) {
		t.Errorf("the list is\n%s", text)
	}
	press("r")
	screen.until("Press r again")
	press("r")
	screen.until("q quit")
	if again, _ := os.ReadFile(filepath.Join(dir, "02-silent-dial", "main.go")); string(again) != string(program) {
		t.Error("r twice did not reset the program")
	}
	press("n")
	if text := screen.until("q quit"); !strings.Contains(text, "\n3  ") {
		t.Errorf("the next exercise is\n%s", text)
	}
	press("\x03")
	if err := cmd.Wait(); err != nil {
		t.Errorf("Ctrl-C: it ended with %v", err)
	}
}

// A screen is what a program writes to a terminal.
type screen struct {
	t    *testing.T
	from io.Reader
	rest string
}

// until reads on until the text comes, and returns all up to its end.
func (s *screen) until(text string) string {
	s.t.Helper()
	buf := make([]byte, 4096)
	for !strings.Contains(s.rest, text) {
		n, err := s.from.Read(buf)
		if err != nil {
			s.t.Fatalf("%q did not come, but %v after\n%s", text, err, s.rest)
		}
		s.rest += string(buf[:n])
	}
	before, after, _ := strings.Cut(s.rest, text)
	s.rest = after
	return before + text
}
