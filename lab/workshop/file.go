package workshop

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dialpath/lab/whole"
)

// All that is done in the learner's folder is done with the learner's own rights, also if
// they have called the lab by sudo: what is made there is theirs, and a link that leads
// elsewhere leads root nowhere.

func readFile(name string) (data []byte, err error) {
	err = asCaller(func() (err error) {
		data, err = os.ReadFile(name)
		return err
	})
	return data, err
}

func lstat(name string) (info fs.FileInfo, err error) {
	err = asCaller(func() (err error) {
		info, err = os.Lstat(name)
		return err
	})
	return info, err
}

// makeDir makes a directory, and those above it, unless they are there.
func makeDir(dir string) error {
	return asCaller(func() error { return os.MkdirAll(dir, 0o755) })
}

// write writes a file whole or not at all.
func write(name string, data []byte) error {
	err := asCaller(func() error {
		return whole.Write(name, func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
	})
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%s belongs to somebody else: sudo chown -R $USER %[1]s", filepath.Dir(name))
	}
	return err
}
