// Package export writes traces in the formats of other tools: stacks for flame graphs and
// pprof, packets for Wireshark and in the form of the kernel's log, time for Perfetto.
//
// It is pure, as the views are: what a recording holds goes out, and nothing else.
package export

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"dialpath/lab/trace"
)

// A Format is a form in which a part of a trace can be written.
type Format struct {
	Name   string
	Of     string // what of a trace it holds, as in "it has no stacks"
	Tools  string // who reads it
	Binary bool   // not for a terminal

	has   func(*trace.Trace) bool
	write func(io.Writer, *trace.Trace) error
}

// Formats returns all formats.
func Formats() []Format {
	return []Format{
		{"folded", "stacks", "flamegraph.pl, speedscope, inferno", false, (*trace.Trace).HasStacks, folded},
		{"pprof", "stacks", "go tool pprof", true, (*trace.Trace).HasStacks, pprof},
		{"pcapng", "packets", "Wireshark, tshark, tcpdump", true, (*trace.Trace).HasPackets, pcapng},
		{"log", "packets", "whoever reads the kernel's log: the form of iptables -j LOG", false, (*trace.Trace).HasPackets, log},
		{"trace-event", "times of single calls", "ui.perfetto.dev, chrome://tracing", false, (*trace.Trace).HasTimeline, traceEvent},
	}
}

// Lookup returns the format of that name. The error lists the names of those that hold
// the same part of a trace.
func Lookup(name, of string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if f.Of != of {
			continue
		}
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		return Format{}, fmt.Errorf("unknown format %q: %s can be written as text or json only", name, of)
	}
	return Format{}, fmt.Errorf("unknown format %q: of %s use text, json, %s", name, of, strings.Join(names, ", "))
}

// Write writes what the format holds of a trace. It fails if the trace has nothing of it.
func (f Format) Write(w io.Writer, t *trace.Trace) error {
	if !f.has(t) {
		return fmt.Errorf("write %s: the recording has no %s", f.Name, f.Of)
	}
	if err := f.write(w, t); err != nil {
		return fmt.Errorf("write %s: %w", f.Name, err)
	}
	return nil
}

// program is who recorded a trace, with the version, if the trace tells.
func program(t *trace.Trace) string {
	if t.Lab == "" {
		return "dialpath"
	}
	return "dialpath " + option(t.Lab)
}

// clean makes a name one word of printable characters, so that it can neither end the
// field that it is in nor move a cursor.
func clean(name string) string {
	word := strings.Map(func(r rune) rune {
		if r == ';' || r == ' ' || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if word == "" {
		return "?"
	}
	return word
}
