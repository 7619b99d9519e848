package probes

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"dialpath/lab/kernel"
)

// A Backend is a way to attach probes to kernel functions.
type Backend = kernel.Backend

// The backends, best first.
const (
	KprobeMulti = kernel.KprobeMulti
	Kprobe      = kernel.Kprobe
	Fentry      = kernel.Fentry
	Tracepoint  = kernel.Tracepoint
)

// maxFentry is how many functions fentry is used for: it needs a program for
// each, and a sixth of a second to take each away again.
const maxFentry = 20

// A probe is a place to attach a program to.
type probe struct {
	function Function
	cookie   uint64
	program  *ebpf.Program
	atReturn bool
}

// A Failure is a reason why functions have no probe.
type Failure struct {
	Reason    string
	Functions []string
}

// failures collects functions by reason.
type failures map[string][]string

func (f failures) add(reason, function string) {
	if !slices.Contains(f[reason], function) {
		f[reason] = append(f[reason], function)
	}
}

func (f failures) sorted() []Failure {
	var all []Failure
	for reason, functions := range f {
		slices.Sort(functions)
		all = append(all, Failure{reason, functions})
	}
	slices.SortFunc(all, func(a, b Failure) int { return strings.Compare(a.Reason, b.Reason) })
	return all
}

// An attacher attaches probes by one backend. It returns the links that it made,
// even with an error; functions that cannot be probed are no error, but added to
// failed.
type attacher func(probes []probe, failed failures, progress Progress) ([]link.Link, error)

// Progress is told how far a long operation has come.
type Progress func(doing string, done, total int)

// attachers of the backends that attach to functions.
var attachers = map[Backend]attacher{
	KprobeMulti: attachMulti,
	Kprobe:      attachKprobes,
	Fentry:      attachFentries,
}

// explain says in a learner's words why a probe could not be attached.
func explain(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "several functions share the name, which only kprobe.multi can tell apart"
	case errors.Is(err, os.ErrNotExist):
		return "the kernel has no such function to probe"
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		return "not permitted: be root, and see lab doctor for lockdown"
	case errors.Is(err, syscall.EMFILE):
		return "too many open files: raise ulimit -n"
	case errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.EOPNOTSUPP):
		return "the kernel does not allow a probe there"
	}
	return err.Error()
}
