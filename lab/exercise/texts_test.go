package exercise

import (
	"go/format"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestComplete: an exercise without a hint or an explanation is none.
func TestComplete(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for i, e := range All() {
		t.Run(e.Folder(), func(t *testing.T) {
			if e.Number != i+1 {
				t.Errorf("it has the number %d and is the %dth", e.Number, i+1)
			}
			if names[e.Name] {
				t.Error("its name is taken")
			}
			names[e.Name] = true
			for what, text := range map[string]string{
				"theme": e.Theme, "peer": e.Peer, "title": e.Title, "goal": e.Goal, "background": e.Background,
				"explanation": e.Explanation, "message": e.Message(),
			} {
				if text == "" {
					t.Errorf("it has no %s", what)
				}
			}
			if len(e.Hints) < 2 {
				t.Errorf("it has %d hints, and needs two", len(e.Hints))
			}
			if n := len(e.Wrong()); n < 2 {
				t.Errorf("it has %d wrong answers, and needs two", n)
			}
			if len(e.Expect) == 0 || len(e.Questions) == 0 {
				t.Error("it expects nothing, or asks nothing")
			}
		})
	}
}

// TestListed: no folder is forgotten in All, and each has its Go file.
func TestListed(t *testing.T) {
	t.Parallel()
	var listed, there []string
	for _, e := range All() {
		listed = append(listed, e.Folder())
		if name := strings.ReplaceAll(e.Name, "-", "") + ".go"; !isFile(name) {
			t.Errorf("%s has no file %s", e.Folder(), name)
		}
	}
	folders, err := files.ReadDir("files")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		there = append(there, f.Name())
	}
	if !slices.Equal(listed, there) {
		t.Errorf("listed are %v, and there are the folders %v", listed, there)
	}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// TestShort: a background is read, not studied: ten lines in 80 columns.
func TestShort(t *testing.T) {
	t.Parallel()
	for _, e := range All() {
		if lines := shown(e.Background); lines > 10 {
			t.Errorf("%s: the background has %d lines, and ten are the most", e.Folder(), lines)
		}
		if utf8.RuneCountInString(e.Title) > 41 {
			t.Errorf("%s: too long a title for the list", e.Folder())
		}
	}
}

// shown returns how many lines a text takes where it is shown, indented by three.
func shown(text string) int {
	lines := strings.Count(text, "\n\n")
	for part := range strings.SplitSeq(text, "\n\n") {
		column := 0
		lines++
		for _, word := range strings.Fields(part) {
			n := utf8.RuneCountInString(word)
			if column > 0 && column+1+n > 77 {
				column = 0
				lines++
			}
			column += n + 1
		}
	}
	return lines
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	for _, e := range All() {
		keys := make(map[string]bool)
		for _, q := range e.Questions {
			if keys[q.Key] || q.Key == "" || strings.ContainsAny(q.Key, " =#") {
				t.Errorf("%s: %q is no key", e.Folder(), q.Key)
			}
			keys[q.Key] = true
			if !strings.HasSuffix(q.Text, "?") || q.Why == "" {
				t.Errorf("%s: %s is no question, or is not explained", e.Folder(), q.Key)
			}
		}
	}
}

// TestFormatted: what is handed out is as gofmt would have it.
func TestFormatted(t *testing.T) {
	t.Parallel()
	for _, e := range All() {
		programs := map[string][]byte{"main.go": e.Program(), "solution": e.Solution()}
		for name, wrong := range e.Wrong() {
			programs[name] = wrong.Program
			if wrong.Message == "" {
				t.Errorf("%s: %s has no message", e.Folder(), name)
			}
		}
		for name, right := range e.Right() {
			programs["right/"+name] = right
		}
		for name, program := range programs {
			want, err := format.Source(program)
			if err != nil || string(want) != string(program) || len(program) == 0 {
				t.Errorf("%s: %s is not formatted: %v", e.Folder(), name, err)
			}
		}
	}
}
