package probes

import (
	"errors"
	"fmt"
	"slices"
)

// ErrNoMatch means that a pattern matches nothing that can be traced.
var ErrNoMatch = errors.New("no traceable kernel function matches")

// A selection is what the options come to on this kernel.
type selection struct {
	functions []Function            // to be counted
	stacked   patterns              // those of them whose stacks are wanted
	players   [len(hooks)]*Function // who plays each hook; nil for none
}

// selectFunctions looks up in the kernel's list what the options ask for. It
// reads the list once: it is long, and the kernel is slow to make it.
func selectFunctions(opts Options) (*selection, error) {
	wanted := patterns(slices.Concat(opts.Functions, opts.Stacks))
	if err := wanted.check(); err != nil {
		return nil, err
	}
	for _, r := range Roles() {
		wanted = append(wanted, r.Candidates...)
	}
	present, err := wanted.find()
	if err != nil {
		return nil, fmt.Errorf("list kernel functions: %w", err)
	}

	s := new(selection)
	for _, name := range opts.Stacks {
		if role := roleNamed(name); role != nil {
			f, _ := role.player(present)
			name = f.Name
		}
		s.stacked = append(s.stacked, name)
	}
	counted := patterns(slices.Concat(opts.Functions, s.stacked))
	for i, glob := range counted {
		if !slices.ContainsFunc(present, func(f Function) bool { return patterns{glob}.match(f.Name) }) {
			asked := slices.Concat(opts.Functions, opts.Stacks)[i]
			return nil, fmt.Errorf("%w %q: names are like udp_sendmsg, globs like 'udp_*'", ErrNoMatch, asked)
		}
	}
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
	wanted := patterns(slices.Concat(opts.Functions, opts.Stacks))
	if err := wanted.check(); err != nil {
		return nil, err
	}
	s := &selection{stacked: patterns{"*"}}
	for _, t := range tracepoints {
		s.functions = append(s.functions, Function{Name: t.String(), Base: t.String()})
	}
	named := slices.DeleteFunc(slices.Clone(s.functions), func(f Function) bool { return !wanted.match(f.Name) })
	switch {
	case len(named) > 0:
		s.functions = named
	case opts.Strict:
		return nil, fmt.Errorf("functions cannot be counted here, only tracepoints like net:net_dev_queue")
	}
	return s, nil
}

// Match tells whether one of the patterns, as in [Options], matches a function.
// The name of a role matches all that may play it.
func Match(globs []string, function string) bool {
	all := slices.Clone(globs)
	for _, name := range globs {
		if role := roleNamed(name); role != nil {
			all = append(all, role.Candidates...)
		}
	}
	return patterns(all).match(function)
}
