package probes

import (
	"errors"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

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
