package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"dialpath/lab/trace"
)

// savable finds out whether a file of that name can be written, before there is
// anything to be lost, and returns its name after all symbolic links. That it cannot is a
// mistake in how the lab was called.
func savable(name string) (string, error) {
	if name == "" {
		return "", usagef("--save needs the name of a file")
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return "", usagef("save %s: it is not a regular file", name)
	}
	trial, err := os.CreateTemp(filepath.Dir(name), ".trace-*")
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err // the path in it is the trial's
		}
		return "", usagef("save %s: %w", name, err)
	}
	trial.Close()
	return name, os.Remove(trial.Name())
}

// checkSave demands a name after --save.
func (s *source) checkSave(cmd *cobra.Command) error {
	if cmd.Flags().Changed("save") && s.save == "" {
		return usagef("--save needs the name of a file")
	}
	return nil
}

// keep saves traces, if the flags say so.
func (s *source) keep(traces ...*trace.Trace) error {
	if s.save == "" {
		return nil
	}
	if err := trace.Save(s.save, traces...); err != nil {
		return err
	}
	return giveBack(s.save)
}

// giveBack gives a file that root has made under sudo to who called sudo.
func giveBack(name string) error {
	uid, uidErr := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, gidErr := strconv.Atoi(os.Getenv("SUDO_GID"))
	if os.Geteuid() != 0 || uidErr != nil || gidErr != nil {
		return nil
	}
	return os.Lchown(name, uid, gid)
}
