package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

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
	hooks       = aspect{"hooks", "calls of the article's functions", (*trace.Trace).HasHooks, view.Hooks}
	systemCalls = aspect{"hooks --syscalls", "system calls", (*trace.Trace).HasSyscalls, view.Syscalls}
)

// A display is what the flags say of how traces are to be shown.
type display struct {
	env      environment
	json     bool
	output   output
	recorded bool // what is shown are recordings
}

func (d *display) jsonFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&d.json, "json", false, "write JSON")
}

// style is how text is to look. A view of a recording says that it is one.
func (d *display) style() view.Style {
	style := d.env.style()
	style.Recorded = d.recorded
	return style
}

// forData tells whether standard output is for data, which nothing else may be mixed with.
func (d *display) forData() bool { return d.json || d.output.format != nil }

// show writes an aspect of a trace, in the format that was chosen, or all of it as JSON.
func (d *display) show(t *trace.Trace, as aspect) error {
	if d.output.format != nil {
		return d.export(t)
	}
	if d.json {
		return view.JSON(d.env.stdout, t)
	}
	for _, part := range []func(io.Writer, *trace.Trace, view.Style) error{view.Header, as.view, view.Honesty} {
		if err := part(d.env.stdout, t, d.style()); err != nil {
			return err
		}
	}
	return nil
}

// showSaved shows a recording, which may have been made by another verb.
func (d *display) showSaved(reference string, t *trace.Trace, as aspect) error {
	if d.json || as.has(t) {
		return d.show(t, as)
	}
	for _, other := range []aspect{counts(false), stacks, packets, timeline(false, false), hooks, systemCalls} {
		if other.has(t) {
			return fmt.Errorf("show %s: it has no %s, but %s: use %s %s -r", reference, as.what, other.what, d.env.lab, other.verb)
		}
	}
	return fmt.Errorf("show %s: it has no %s", reference, as.what)
}
