package main

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"dialpath/lab/recordings"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// A reference names recordings: those in a file, or the lab's own of a kernel; of all
// workloads, or of one.
type reference struct {
	from     string // name of a file, or a kernel's series, as 6.12
	workload string // "" for all
}

// parseReference reads FILE, KERNEL, FILE:WORKLOAD or KERNEL:WORKLOAD.
func parseReference(text string) reference {
	if i := strings.LastIndex(text, ":"); i >= 0 {
		return reference{text[:i], text[i+1:]}
	}
	return reference{from: text}
}

// series is the form of the name of a kernel's series, as 6.12.
var series = regexp.MustCompile(`^\d+\.\d+$`)

// own tells whether the recordings are the lab's own.
func (r reference) own() bool { return slices.Contains(recordings.Kernels(), r.from) }

// check finds what is wrong with a reference without reading a file.
func (r reference) check() error {
	if r.from == "" {
		return usagef("-r needs a file or a kernel (%s), and may have a workload behind: %s:dialudp", kernels(), recordings.Newest())
	}
	if r.workload != "" {
		if _, err := workload.Lookup(r.workload); err != nil {
			return usageError{err}
		}
	}
	return nil
}

// load returns the recordings that a reference names: one at least.
func (r reference) load() ([]*trace.Trace, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	load := trace.Load
	if r.own() {
		load = recordings.Load
	}
	all, err := load(r.from)
	switch {
	case errors.Is(err, fs.ErrNotExist) && series.MatchString(r.from):
		return nil, usagef("there are no recordings of a kernel %s, but of %s", r.from, kernels())
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w; the lab's own recordings are %s", err, kernels())
	}
	if err != nil || r.workload == "" {
		return all, err
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(t *trace.Trace) bool { return t.Target.Workload != r.workload })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("read trace %s: it has no recording of %s, but of %s", r.from, r.workload, contents(all))
	}
	return chosen, nil
}

// one returns the one recording that a reference names.
func (r reference) one() (*trace.Trace, error) {
	all, err := r.load()
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		return nil, usagef("-r %s: there are %d recordings in it: choose one, as %s:%s (%s)", r.from, len(all), r.from, "dialudp", contents(all))
	}
	return all[0], nil
}

// contents lists what was recorded.
func contents(all []*trace.Trace) string {
	var names []string
	for _, t := range all {
		name := t.Target.Workload
		if name == "" {
			name = "no workload"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// kernels lists those of which the lab has recordings.
func kernels() string { return strings.Join(recordings.Kernels(), ", ") }
