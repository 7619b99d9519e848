package run

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dialpath/lab/doctor"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
)

// Trace hands the trace of a trial to use: it is recorded on this kernel, if that may be
// traced and sees enough, else in a guest.
func (p Place) Trace(ctx context.Context, r Request, use func(*trace.Trace) error) error {
	e := r.Targets[0].Trial.Exercise
	switch {
	case p.Guest || p.Kernel != "":
	case os.Geteuid() != 0:
		p.Say("Without root it runs in a small virtual machine: some ten seconds.")
	case e.NeedsKprobes() && NeedsGuest():
		p.Say("This kernel cannot grade exercise %d: it has no kprobes to count functions by.\n"+
			"It runs in a small virtual machine: some ten seconds.", e.Number)
	default:
		return Traces(ctx, r, func(all []*trace.Trace) error { return use(all[0]) })
	}
	t, err := p.fetch(ctx, *r.Targets[0].Trial)
	if err != nil {
		return err
	}
	return errors.Join(r.keep([]*trace.Trace{t}), use(t))
}

// fetch has a guest record a trial, and brings the trace.
func (p Place) fetch(ctx context.Context, trial Trial) (*trace.Trace, error) {
	file := filepath.Join(filepath.Dir(trial.Program), "trace.json.gz")
	var said bytes.Buffer
	guest := vm.Guest{Kernel: p.Kernel, Progress: Bar(p.Bar), Warn: func(line string) { p.Say("%s", line) }}
	status, err := guest.Run(ctx, p.job(trial, file, &said))
	if err != nil {
		return nil, err
	}
	if status != 0 {
		return nil, errors.New(strings.TrimPrefix(strings.TrimSpace(said.String()), "lab: "))
	}
	all, err := trace.Load(file)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// job is what the lab in a guest is to do of a trial. The program was built here.
func (p Place) job(trial Trial, file string, said io.Writer) vm.Job {
	return vm.Job{
		Args:   slices.Concat([]string{"trial", "--save=" + file}, p.Flags, []string{trial.Exercise.Name, trial.Program}),
		Inputs: []string{trial.Program}, Outputs: []string{file}, Stdout: said, Stderr: said,
	}
}

// NeedsGuest tells whether this kernel has no kprobes, so that a guest sees more.
func NeedsGuest() bool { return doctor.NeedsGuest() }
