package probes

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sync/errgroup"
)

// A Backend is a way to attach probes to kernel functions.
type Backend string

// The backends, best first. What each needs:
//
//	kprobe.multi  5.18 and CONFIG_FPROBE; arm64: 6.14   all functions in one system call
//	kprobe        CONFIG_KPROBES                        one function at a time
//	fentry        5.19 and BTF; arm64: 6.4                  one program for each function: few at most
//	tracepoint    nothing                               no functions, only tracepoints and their stacks
const (
	KprobeMulti Backend = "kprobe.multi"
	Kprobe      Backend = "kprobe"
	Fentry      Backend = "fentry"
	Tracepoint  Backend = "tracepoint"
)

// Backends returns all backends, best first.
func Backends() []Backend { return []Backend{KprobeMulti, Kprobe, Fentry, Tracepoint} }

// ParseBackend reads a backend's name; auto, which stands for the best one that
// works, is "".
func ParseBackend(name string) (Backend, error) {
	if name == "auto" || name == "" {
		return "", nil
	}
	if b := Backend(name); slices.Contains(Backends(), b) {
		return b, nil
	}
	return "", fmt.Errorf("unknown backend %q: use auto, kprobe.multi, kprobe, fentry or tracepoint", name)
}

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

// attachMulti attaches all probes of a program by one system call. Those that share
// their name with others are attached by address, each for itself.
func attachMulti(probes []probe, failed failures, _ Progress) ([]link.Link, error) {
	var links []link.Link
	var shared []probe
	for _, batch := range batches(probes) {
		if batch[0].function.Namesakes > 1 {
			shared = append(shared, batch...)
			continue
		}
		made, err := multi(batch, failed)
		links = append(links, made...)
		if err != nil {
			return links, err
		}
	}
	made, err := multiByAddress(shared, failed)
	return append(links, made...), err
}

// batches groups probes that can be attached together: of one program, and all
// with a name of their own or all without.
func batches(probes []probe) [][]probe {
	type kind struct {
		program *ebpf.Program
		shared  bool
	}
	var order []kind
	groups := make(map[kind][]probe)
	for _, p := range probes {
		k := kind{p.program, p.function.Namesakes > 1}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], p)
	}
	var all [][]probe
	for _, k := range order {
		all = append(all, groups[k])
	}
	return all
}

// multi attaches a batch. That fails whole if the kernel dislikes one of the
// functions, or (6.7 to 6.11) if there are too many of them: then each half is
// tried alone.
func multi(batch []probe, failed failures) ([]link.Link, error) {
	l, err := multiByName(batch)
	switch {
	case err == nil:
		return []link.Link{l}, nil
	case errors.Is(err, ebpf.ErrNotSupported):
		return nil, errors.New("this kernel was built without CONFIG_FPROBE")
	case errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES):
		return nil, errors.New(explain(err))
	case len(batch) == 1:
		failed.add(explain(err), batch[0].function.Name)
		return nil, nil
	}
	half := len(batch) / 2
	left, err := multi(batch[:half], failed)
	if err != nil {
		return left, err
	}
	right, err := multi(batch[half:], failed)
	return append(left, right...), err
}

// multiByName attaches by name, which the kernel looks up itself. Addresses would
// save it the work, half a tenth of a second, but cost the lab a second to learn: so
// they are only for functions that share their names.
func multiByName(probes []probe) (link.Link, error) {
	var opts link.KprobeMultiOptions
	for _, p := range probes {
		opts.Symbols = append(opts.Symbols, p.function.Name)
		opts.Cookies = append(opts.Cookies, p.cookie)
	}
	return attachMultiLink(probes[0], opts)
}

// multiByAddress attaches to every function of each name. Not all that have a symbol
// can be probed, and one that cannot would fail the others.
func multiByAddress(probes []probe, failed failures) ([]link.Link, error) {
	if len(probes) == 0 {
		return nil, nil
	}
	where, err := locate(probes)
	if err != nil {
		return nil, err
	}
	var links []link.Link
	for _, p := range probes {
		name := p.function.Name
		before := len(links)
		for _, address := range where[name] {
			opts := link.KprobeMultiOptions{Addresses: []uintptr{uintptr(address)}, Cookies: []uint64{p.cookie}}
			if l, err := attachMultiLink(p, opts); err == nil {
				links = append(links, l)
			}
		}
		switch {
		case len(where[name]) == 0:
			failed.add(ErrHidden.Error(), name)
		case len(links) == before:
			failed.add(explain(syscall.EINVAL), name)
		}
	}
	return links, nil
}

func attachMultiLink(p probe, opts link.KprobeMultiOptions) (link.Link, error) {
	if p.atReturn {
		return link.KretprobeMulti(p.program, opts)
	}
	return link.KprobeMulti(p.program, opts)
}

// atOnce is how many single probes are attached, or detached, at a time. The
// kernel waits for all CPUs at each, and waiting can be shared.
const atOnce = 10

// attachKprobes attaches probes one by one.
func attachKprobes(probes []probe, failed failures, progress Progress) ([]link.Link, error) {
	if _, err := os.Stat("/sys/bus/event_source/devices/kprobe"); errors.Is(err, os.ErrNotExist) {
		return nil, errors.New("this kernel was built without CONFIG_KPROBES")
	}
	return attachEach(probes, failed, progress, func(p probe) (link.Link, error) {
		if p.function.Namesakes > 1 {
			return nil, syscall.EADDRNOTAVAIL // as newer kernels say; older ones take the first
		}
		opts := &link.KprobeOptions{Cookie: p.cookie}
		if p.atReturn {
			return link.Kretprobe(p.function.Name, p.program, opts)
		}
		return link.Kprobe(p.function.Name, p.program, opts)
	})
}

// attachFentries attaches programs that were loaded for their function.
func attachFentries(probes []probe, failed failures, progress Progress) ([]link.Link, error) {
	return attachEach(probes, failed, progress, func(p probe) (link.Link, error) {
		at := ebpf.AttachTraceFEntry
		if p.atReturn {
			at = ebpf.AttachTraceFExit
		}
		return link.AttachTracing(link.TracingOptions{Program: p.program, AttachType: at, Cookie: p.cookie})
	})
}

// attachEach attaches probes by attach, some at a time. If not one of them could
// be attached, the backend does not work, and the first one's error is returned.
func attachEach(probes []probe, failed failures, progress Progress, attach func(probe) (link.Link, error)) ([]link.Link, error) {
	links := make([]link.Link, len(probes))
	errs := make([]error, len(probes))
	count := counter(progress, "attaching", len(probes))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, p := range probes {
		group.Go(func() error {
			links[i], errs[i] = attach(p)
			count()
			return nil
		})
	}
	group.Wait()

	var made []link.Link
	for i, p := range probes {
		if errs[i] != nil {
			failed.add(explain(errs[i]), p.function.Name)
		} else {
			made = append(made, links[i])
		}
	}
	if len(made) == 0 && len(probes) > 0 {
		return nil, errors.New(explain(errs[0]))
	}
	return made, nil
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
