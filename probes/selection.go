package probes

import (
	"errors"
	"fmt"
	"slices"
)

// ErrNoMatch means that a pattern matches nothing that can be traced.
var ErrNoMatch = errors.New("no traceable kernel function matches")

// ErrNoFunctions means that functions were to be counted, and this kernel has only
// tracepoints to offer.
var ErrNoFunctions = errors.New("functions cannot be counted without kprobes, only tracepoints, as 'net:*'")

// A selection is what the options come to on this kernel.
type selection struct {
	functions []Function            // to be counted
	stacked   patterns              // those of them whose stacks are wanted
	players   [len(hooks)]*Function // who plays each hook; nil for none
}

// selectFunctions looks up in the kernel's list what the options ask for. It
// reads the list once: it is long, and the kernel is slow to make it.
func selectFunctions(opts Options) (*selection, error) {
	globs := slices.Clone(opts.Functions)
	for _, name := range opts.Stacks {
		if role := roleNamed(name); role != nil {
			globs = append(globs, role.Candidates...)
		} else {
			globs = append(globs, name)
		}
	}
	if opts.Hooks {
		for _, h := range hooks {
			globs = append(globs, h.Candidates...)
		}
	}
	wanted, err := compile(globs)
	if err != nil {
		return nil, err
	}
	present, err := wanted.find()
	if err != nil {
		return nil, fmt.Errorf("list kernel functions: %w", err)
	}
	return choose(opts, present)
}

// choose chooses among the functions that are present. Each pattern, and each role
// whose stacks are wanted, must come to something.
func choose(opts Options, present []Function) (*selection, error) {
	s := new(selection)
	var stacked []string
	for _, name := range opts.Stacks {
		if role := roleNamed(name); role != nil {
			f, _ := role.player(present)
			name = f.Name
		}
		stacked = append(stacked, name)
	}
	counted, err := compile(slices.Concat(opts.Functions, stacked))
	if err != nil {
		return nil, err
	}
	for i := range counted {
		if !slices.ContainsFunc(present, func(f Function) bool { return counted[i : i+1].match(f.Name) }) {
			asked := slices.Concat(opts.Functions, opts.Stacks)[i]
			return nil, fmt.Errorf("%w %q: names are like udp_sendmsg, globs like 'udp_*'", ErrNoMatch, asked)
		}
	}
	s.stacked = counted[len(opts.Functions):]
	for _, f := range present {
		if counted.match(f.Name) {
			s.functions = append(s.functions, f)
		}
	}
	for i := range hooks {
		if f, ok := hooks[i].player(present); ok && opts.Hooks {
			s.players[i] = &f
		}
	}
	return s, nil
}

// selectTracepoints selects the tracepoints that the options ask for by name, as
// "net:net_dev_queue" or "net:*". If they ask for none of them, they ask for
// functions; all tracepoints together show most of those, in their stacks.
func selectTracepoints(opts Options) (*selection, error) {
	wanted, err := compile(slices.Concat(opts.Functions, opts.Stacks))
	if err != nil {
		return nil, err
	}
	s := new(selection)
	for _, t := range tracepoints {
		s.functions = append(s.functions, Function{Name: t.String(), Base: t.String()})
	}
	named := slices.DeleteFunc(slices.Clone(s.functions), func(f Function) bool { return !wanted.match(f.Name) })
	switch {
	case len(named) > 0:
		s.functions = named
	case opts.Strict:
		return nil, ErrNoFunctions
	}
	return s, nil
}
