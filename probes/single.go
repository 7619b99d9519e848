package probes

import (
	"errors"
	"os"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sync/errgroup"
)

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
	count := counter(progress, "attaching probes", len(probes))
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
