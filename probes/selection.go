package probes

import (
	"errors"
	"fmt"
	"slices"

	"dialpath/lab/kernel"
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
	absent    []string              // wanted where they are, and not in this kernel
}

// selectFunctions looks up in the kernel's list what the options ask for. It
// reads the list once: it is long, and the kernel is slow to make it.
func selectFunctions(opts Options) (*selection, error) {
	globs := slices.Clone(opts.Functions)
	for _, name := range opts.Stacks {
		if !isPart(name) {
			globs = append(globs, name)
		}
	}
	for _, part := range kernel.Parts() {
		globs = append(globs, part.Functions()...)
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

// choose chooses among the functions that are present. Each pattern, and each part
// whose stacks are wanted, must come to something, unless the options say otherwise.
func choose(opts Options, present []Function) (*selection, error) {
	s := new(selection)
	var stacked []string
	for _, name := range opts.Stacks {
		if isPart(name) {
			f, _ := player(name, present)
			name = f.Name
		}
		stacked = append(stacked, name)
	}
	counted, err := compile(slices.Concat(opts.Functions, stacked))
	if err != nil {
		return nil, err
	}
	s.stacked = counted[len(opts.Functions):]
	for _, f := range present {
		if counted.match(f.Name) {
			s.functions = append(s.functions, f)
		}
	}
	for i := range hooks {
		if f, ok := player(hooks[i], present); ok && opts.Hooks {
			s.players[i] = &f
		}
	}
	return s, s.account(opts, counted, present)
}

// account sees to what has come to nothing: patterns, in the order of the options, and
// hooks.
func (s *selection) account(opts Options, counted patterns, present []Function) error {
	asked := slices.Concat(opts.Functions, opts.Stacks)
	for i, name := range asked {
		switch {
		case slices.ContainsFunc(present, func(f Function) bool { return counted[i : i+1].match(f.Name) }):
		case !opts.IfPresent:
			return noMatch(name)
		case isPart(name):
			s.absent = append(s.absent, kernel.Players(name)[0])
		case !replaced(name, present):
			s.absent = append(s.absent, name)
		}
	}
	if len(asked) > 0 && len(s.functions) == 0 {
		return noMatch(asked[0])
	}
	for i, player := range s.players {
		if player == nil && opts.Hooks {
			s.absent = append(s.absent, kernel.Players(hooks[i])[0])
		}
	}
	return nil
}

func noMatch(name string) error {
	if IsTracepoint(name) {
		return fmt.Errorf("%w %q: that is a tracepoint's name, and those are traced without functions beside them", ErrNoMatch, name)
	}
	return fmt.Errorf("%w %q: names are like udp_sendmsg, globs like 'udp_*'", ErrNoMatch, name)
}

// replaced tells whether a function's part is played by another one here.
func replaced(name string, present []Function) bool {
	return slices.ContainsFunc(kernel.Parts(), func(part kernel.Part) bool {
		_, played := player(part.Name, present)
		return played && slices.Contains(part.Functions(), name)
	})
}

// selectTracepoints selects the tracepoints that the options ask for by name, as
// "net:net_dev_queue" or "net:*". If they ask for functions, too, it takes all: together
// they show most of those, in their stacks.
func selectTracepoints(opts Options) (*selection, error) {
	asked := slices.Concat(opts.Functions, opts.Stacks)
	wanted, err := compile(asked)
	if err != nil {
		return nil, err
	}
	s := new(selection)
	for _, t := range tracepoints {
		s.functions = append(s.functions, Function{Name: t.String(), Base: t.String()})
	}
	functions := len(asked) == 0 // the hooks
	for i, name := range asked {
		switch {
		case slices.ContainsFunc(s.functions, func(f Function) bool { return wanted[i : i+1].match(f.Name) }):
		case !IsTracepoint(name):
			functions = true
		default:
			return nil, fmt.Errorf("%wno tracepoint matches %q: there are %s", errHopeless, name, tracepointNames())
		}
	}
	if functions && opts.Strict {
		return nil, ErrNoFunctions
	}
	if !functions {
		s.functions = slices.DeleteFunc(s.functions, func(f Function) bool { return !wanted.match(f.Name) })
	}
	return s, nil
}
