package run

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"dialpath/lab/mistake"
	"dialpath/lab/recordings"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// A Reference names recordings: those in a file, or the lab's own of a kernel; of all
// workloads, or of one.
type Reference struct {
	From     string // name of a file, or a kernel's series, as 6.12
	Workload string // "" for all
}

// ParseReference reads FILE, KERNEL, FILE:WORKLOAD or KERNEL:WORKLOAD.
func ParseReference(text string) Reference {
	if i := strings.LastIndex(text, ":"); i >= 0 {
		return Reference{text[:i], text[i+1:]}
	}
	return Reference{From: text}
}

// series is the form of the name of a kernel's series, as 6.12.
var series = regexp.MustCompile(`^\d+\.\d+$`)

// Own tells whether the recordings are the lab's own.
func (r Reference) Own() bool { return slices.Contains(recordings.Kernels(), r.From) }

// Check finds what is wrong with a reference without reading a file.
func (r Reference) Check() error {
	if r.From == "" {
		return mistake.New("-r needs a file or a kernel (%s), and may have a workload behind: %s:dialudp", Kernels(), recordings.Newest())
	}
	if r.Workload != "" {
		if _, err := workload.Lookup(r.Workload); err != nil {
			return mistake.Of(err)
		}
	}
	return nil
}

// Load returns the recordings that a reference names: one at least.
func (r Reference) Load() ([]*trace.Trace, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	load := trace.Load
	if r.Own() {
		load = recordings.Load
	}
	all, err := load(r.From)
	switch {
	case errors.Is(err, fs.ErrNotExist) && series.MatchString(r.From):
		return nil, mistake.New("there are no recordings of a kernel %s, but of %s", r.From, Kernels())
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w; the lab's own recordings are %s", err, Kernels())
	}
	if err != nil || r.Workload == "" {
		return all, err
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(t *trace.Trace) bool { return t.Target.Workload != r.Workload })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("read trace %s: it has no recording of %s, but of %s", r.From, r.Workload, contents(all))
	}
	return chosen, nil
}

// One returns the one recording that a reference names.
func (r Reference) One() (*trace.Trace, error) {
	all, err := r.Load()
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		return nil, mistake.New("-r %s: there are %d recordings in it: choose one, as %s:%s (%s)", r.From, len(all), r.From, "dialudp", contents(all))
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

// Kernels lists those of which the lab has recordings.
func Kernels() string { return strings.Join(recordings.Kernels(), ", ") }
