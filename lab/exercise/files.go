package exercise

import (
	"fmt"
	"path"
	"strings"
)

// Go is the version that programs need, if their exercise has no go.mod of its own.
const Go = "1.23"

// A File is one of those that the learner gets.
type File struct {
	Name string
	Data []byte
}

// Files returns what the learner's folder begins with: the program, the sheet for their
// predictions, the task, and a go.mod, so that editors and the Go command know what to do.
func (e Exercise) Files() []File {
	files := []File{
		{"README.md", []byte(fmt.Sprintf("# %d. %s\n\n%s\n\n## Background\n\n%s\n", e.Number, e.Title, e.Goal, e.Background))},
		{SheetName, e.Sheet()},
		{"main.go", e.Program()},
	}
	module := "module " + e.Name + "\n\ngo " + Go + "\n"
	if own := e.file("go.mod.txt"); own != nil { // it needs other modules
		module = string(own)
		files = append(files, File{"go.sum", e.file("go.sum.txt")})
	}
	return append(files, File{"go.mod", []byte(module)})
}

// Numbers returns the right predictions, in the form of the learner's sheet.
func (e Exercise) Numbers() []byte { return e.file("solution/predict.txt") }

// Wrong returns the likely wrong answers, by name, each with the message that it gets.
func (e Exercise) Wrong() map[string]Answered {
	all := make(map[string]Answered)
	dir := path.Join("files", e.Folder(), "wrong")
	entries, _ := files.ReadDir(dir)
	for _, entry := range entries {
		one := path.Join("wrong", entry.Name())
		all[entry.Name()] = Answered{e.file(path.Join(one, "main.go")), strings.TrimSpace(string(e.file(path.Join(one, "message.txt"))))}
	}
	return all
}

// Right returns the right answers that are not the usual one, by name.
func (e Exercise) Right() map[string][]byte {
	all := make(map[string][]byte)
	entries, _ := files.ReadDir(path.Join("files", e.Folder(), "right"))
	for _, entry := range entries {
		all[entry.Name()] = e.file(path.Join("right", entry.Name(), "main.go"))
	}
	return all
}

// An Answered is a program, and what the judge says to it.
type Answered struct {
	Program []byte
	Message string
}

// Message is what the judge says to the program as it is handed out.
func (e Exercise) Message() string { return strings.TrimSpace(string(e.file("message.txt"))) }
