package main

import (
	"fmt"
	"io"
	"strings"

	"dialpath/lab/trace"
	"dialpath/lab/view"
)

// An aspect is the part of a trace that a verb shows.
type aspect struct {
	verb string
	what string
	has  func(*trace.Trace) bool
	view func(io.Writer, *trace.Trace, view.Style) error
}

// counts is the aspect of counts, with or without what each function does.
func counts(explained bool) aspect {
	show := view.Count
	if explained {
		show = view.CountExplained
	}
	return aspect{"count", "counts", func(t *trace.Trace) bool { return t.Functions != nil }, show}
}

// The other aspects.
var (
	stacks      = aspect{"stack", "stacks", (*trace.Trace).HasStacks, view.Stacks}
	packets     = aspect{"packets", "packets", (*trace.Trace).HasPackets, view.Packets}
	hooks       = aspect{"hooks", "calls of the four functions", (*trace.Trace).HasHooks, view.Hooks}
	systemCalls = aspect{"hooks --syscalls", "system calls", (*trace.Trace).HasSyscalls, view.Syscalls}
)

// sayUnwatched says which functions have no probe, where what is shown does not.
func (e environment) sayUnwatched(failed []trace.Failure) {
	for _, f := range failed {
		e.say("not watched: %s: %s", strings.Join(f.Functions, ", "), f.Reason)
	}
}

// show writes an aspect of a trace, in the format that was chosen, or all of it as JSON.
func (s *source) show(t *trace.Trace, as aspect) error {
	if s.output.format != nil {
		return s.export(t)
	}
	if s.json {
		return view.JSON(s.env.stdout, t)
	}
	for _, part := range []func(io.Writer, *trace.Trace, view.Style) error{view.Header, as.view, view.Honesty} {
		if err := part(s.env.stdout, t, s.style()); err != nil {
			return err
		}
	}
	return nil
}

// showSaved shows a trace from a file, which may have been recorded by another verb.
func (s *source) showSaved(t *trace.Trace, as aspect) error {
	if s.json || as.has(t) {
		return s.show(t, as)
	}
	for _, other := range []aspect{counts(false), stacks, packets, timeline(false, false), hooks, systemCalls} {
		if other.has(t) {
			return fmt.Errorf("show %s: it has no %s, but %s: use %s %s -r", s.replay, as.what, other.what, s.env.lab, other.verb)
		}
	}
	return fmt.Errorf("show %s: it has no %s", s.replay, as.what)
}
