package papers

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNames: what the papers on the code name of it is there, so that who renames a
// function or a test finds the sentence that speaks of it.
func TestNames(t *testing.T) {
	named := make(map[string]bool)
	for _, word := range regexp.MustCompile(`\w+`).FindAllString(sources(t), -1) {
		named[word] = true
	}
	makefile := read(t, "Makefile")
	word := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	for _, paper := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		names := 0
		for _, m := range code.FindAllStringSubmatch(read(t, paper), -1) {
			target, isTarget := strings.CutPrefix(m[1], "make ")
			switch {
			case isTarget && !strings.Contains(makefile, "\n"+target+":"):
				t.Errorf("%s: there is no target %s", paper, target)
			case word.MatchString(m[1]):
				names++
				if !named[m[1]] {
					t.Errorf("%s names %s, and the code does not", paper, m[1])
				}
			}
		}
		if names < 20 {
			t.Errorf("%s: only %d names were found", paper, names)
		}
	}
}

// sources is all code of the project, in one text.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".go", ".h", ".c", ".sh":
			text, err := os.ReadFile(path)
			all.Write(text)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
