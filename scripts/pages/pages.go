// Package pages finds the project's pages: what it tells its readers, in Markdown. Whoever
// makes or checks them takes them from here, so that no new page is forgotten.
package pages

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// others are folders whose Markdown is no page: an exercise's texts, which the lab shows,
// and what learners have made in the project's folder.
var others = []string{"lab/exercise/files", "workshop"}

// Find returns the names of all pages in the project's folder, root, as
// lab/step/README.md. Errors are of folders that cannot be read.
func Find(root string) (names []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		hidden := strings.HasPrefix(name, ".") && name != "."
		switch {
		case err != nil:
			return err
		case d.IsDir() && (hidden || slices.Contains(others, name)):
			return filepath.SkipDir
		case !d.IsDir() && filepath.Ext(name) == ".md":
			names = append(names, name)
		}
		return nil
	})
	return names, err
}
