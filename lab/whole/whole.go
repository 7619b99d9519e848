// Package whole writes files that appear whole or not at all: whoever reads a name finds
// what was there before, or all that is there now.
package whole

import (
	"io"
	"os"
	"path/filepath"
)

// Write writes the named file, which everybody may read. A failure leaves whatever was
// there before. If the name is a symbolic link, the file takes the link's place.
func Write(name string, write func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".writing-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err = write(tmp); err != nil {
		return err
	}
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}
