package exercise

import (
	"embed"
	"path"
	"strings"
)

// files has a folder for each exercise.
//
//go:embed files
var files embed.FS

// Text is what the learner reads of an exercise. It is the file exercise.md in its folder:
// a title, and a chapter for each of these.
type Text struct {
	Title       string
	Goal        string
	Background  string
	Hints       []string // one more at a time
	Explanation string   // after it is done
}

// text reads the text of an exercise. What is missing there is empty, which a test forbids.
func text(folder string) Text {
	data, _ := files.ReadFile(path.Join("files", folder, "exercise.md"))
	head, rest, _ := strings.Cut(string(data), "\n## ")
	t := Text{Title: strings.TrimSpace(strings.TrimPrefix(head, "# "))}
	for chapter := range strings.SplitSeq(rest, "\n## ") {
		name, body, _ := strings.Cut(chapter, "\n")
		body = strings.TrimSpace(body)
		switch strings.TrimSpace(name) {
		case "Goal":
			t.Goal = body
		case "Background":
			t.Background = body
		case "Hint":
			t.Hints = append(t.Hints, body)
		case "Explanation":
			t.Explanation = body
		}
	}
	return t
}

// Program returns the Go source that the learner begins with.
func (e Exercise) Program() []byte { return e.file("main.go") }

// Solution returns a program that passes.
func (e Exercise) Solution() []byte { return e.file("solution/main.go") }

func (e Exercise) file(name string) []byte {
	data, _ := files.ReadFile(path.Join("files", e.Folder(), name))
	return data
}
