package view

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"dialpath/lab/trace"
)

// Headers writes a [Header] for traces that belong together: one if they were all
// recorded with the same probes on the same kernel, else one for each way.
func Headers(w io.Writer, traces []*trace.Trace, style Style) error {
	var written []string
	for _, t := range traces {
		var header bytes.Buffer
		if err := Header(&header, t, style); err != nil {
			return err
		}
		if slices.Contains(written, header.String()) {
			continue
		}
		written = append(written, header.String())
		if _, err := header.WriteTo(w); err != nil {
			return err
		}
	}
	return nil
}

// HonestyOfAll is [Honesty] for traces that belong together. Those that were recorded
// with the same probes are taken together, and their losses added up.
func HonestyOfAll(w io.Writer, traces []*trace.Trace, style Style) error {
	groups := sessions(traces)
	for _, group := range groups {
		if len(groups) > 1 {
			p := begin(w, style)
			p.paragraph("", fmt.Sprintf("%s on Linux %s:", clean(group[0].Target.Title()), clean(group[0].Kernel)))
			if p.err != nil {
				return p.err
			}
			// The text stands directly under its title.
			var text bytes.Buffer
			if err := Honesty(&text, together(group), style); err != nil {
				return err
			}
			if _, err := w.Write(bytes.TrimPrefix(text.Bytes(), []byte("\n"))); err != nil {
				return err
			}
			continue
		}
		if err := Honesty(w, together(group), style); err != nil {
			return err
		}
	}
	return nil
}

// sessions parts traces by the probes that they were recorded with.
func sessions(traces []*trace.Trace) [][]*trace.Trace {
	var groups [][]*trace.Trace
	for _, t := range traces {
		i := slices.IndexFunc(groups, func(group []*trace.Trace) bool { return sameProbes(group[0], t) })
		if i < 0 {
			groups = append(groups, []*trace.Trace{t})
			continue
		}
		groups[i] = append(groups[i], t)
	}
	return groups
}

func sameProbes(a, b *trace.Trace) bool {
	return a.Kernel == b.Kernel && a.Backend == b.Backend && a.Honesty.MissedKnown == b.Honesty.MissedKnown &&
		a.Honesty.Matched == b.Honesty.Matched && a.Honesty.Attached == b.Honesty.Attached && a.Honesty.Attach == b.Honesty.Attach
}

// together returns what is to be said of traces of one session: as of the first, with
// all calls and losses, and a note on programs of each.
func together(traces []*trace.Trace) *trace.Trace {
	all := *traces[0]
	all.Functions, all.Honesty.Unnamed = nil, nil
	all.Honesty.Calls, all.Honesty.Lost, all.Honesty.Missed = 0, 0, 0
	for _, t := range traces {
		all.Functions = append(all.Functions, t.Functions...)
		all.Honesty.Calls += t.Honesty.Calls
		all.Honesty.Lost += t.Honesty.Lost
		all.Honesty.Missed += t.Honesty.Missed
		for _, note := range t.Honesty.Unnamed {
			if !slices.Contains(all.Honesty.Unnamed, note) {
				all.Honesty.Unnamed = append(all.Honesty.Unnamed, note)
			}
		}
	}
	return &all
}
