package run

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"dialpath/lab/mistake"
	"dialpath/lab/trace"
)

// Savable finds out whether a file of that name can be written, before there is
// anything to be lost, and returns its name after all symbolic links. That it cannot is a
// mistake of whoever named it.
func Savable(name string) (string, error) {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return "", mistake.New("save %s: it is not a regular file", name)
	}
	probe, err := os.CreateTemp(filepath.Dir(name), ".trace-*")
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err // the path in it is not the one that was given
		}
		return "", mistake.New("save %s: %w", name, err)
	}
	probe.Close()
	return name, os.Remove(probe.Name())
}

// keep saves traces, if they are to be saved.
func (r Request) keep(traces []*trace.Trace) error {
	if r.Save == "" {
		return nil
	}
	if err := trace.Save(r.Save, traces...); err != nil {
		return err
	}
	return GiveBack(r.Save)
}

// GiveBack gives a file that root has made under sudo to whoever called sudo.
func GiveBack(name string) error {
	uid, uidErr := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, gidErr := strconv.Atoi(os.Getenv("SUDO_GID"))
	if os.Geteuid() != 0 || uidErr != nil || gidErr != nil {
		return nil
	}
	return os.Lchown(name, uid, gid)
}
