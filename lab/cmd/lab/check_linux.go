package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"dialpath/lab/doctor"
	"dialpath/lab/exercise"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
)

// try runs a program for an exercise: on this kernel, if it may and sees enough, else in
// a guest.
func (c *check) try(cmd *cobra.Command, e exercise.Exercise, program string, use func(*trace.Trace) error) error {
	switch {
	case c.guest || c.kernel != "":
	case os.Geteuid() != 0:
		c.workshop.env.say("Without root it runs in a small virtual machine: some ten seconds.")
	case e.NeedsKprobes() && doctor.NeedsGuest():
		c.workshop.env.say("This kernel cannot grade exercise %d: it has no kprobes to count functions by.\n"+
			"It runs in a small virtual machine: some ten seconds.", e.Number)
	default:
		return c.recordTrial(cmd, e, program, use)
	}
	return c.tryInGuest(cmd, e, program, use)
}

// tryInGuest has a guest make the recording. The program has been built here.
func (c *check) tryInGuest(cmd *cobra.Command, e exercise.Exercise, program string, use func(*trace.Trace) error) error {
	file := filepath.Join(filepath.Dir(program), "trace.json.gz")
	var said bytes.Buffer
	bar, _ := c.workshop.env.stderr.(*os.File)
	guest := vm.Guest{Kernel: c.kernel, Progress: progressOn(bar), Warn: func(line string) { c.workshop.env.say("%s", line) }}
	status, err := guest.Run(cmd.Context(), vm.Job{
		Args:   []string{"trial", e.Name, program, "--save", file, "--backend", c.backend},
		Inputs: []string{program}, Outputs: []string{file}, Stdout: &said, Stderr: &said,
	})
	if err != nil {
		return err
	}
	if status != statusDone {
		return errors.New(strings.TrimPrefix(strings.TrimSpace(said.String()), "lab: "))
	}
	traces, err := trace.Load(file)
	if err != nil {
		return err
	}
	return use(traces[0])
}
