package export

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// folded writes a line for each stack: its frames from the outermost on, with semicolons
// between, and how often it was seen. The kernel's functions end in _[k], and inlined ones
// in _[i], by which flamegraph.pl colours them. At the bottom is who ran, and, for what
// ran in a softirq, which one.
func folded(w io.Writer, t *trace.Trace) error {
	out := bufio.NewWriter(w)
	counts := make(map[string]uint64)
	var order []string
	for _, s := range t.Stacks {
		line := fold(s)
		if _, known := counts[line]; !known {
			order = append(order, line)
		}
		counts[line] += s.Count
	}
	for _, line := range order {
		fmt.Fprintf(out, "%s %d\n", line, counts[line])
	}
	return out.Flush()
}

func fold(s trace.Stack) string {
	frames := []string{clean(who(s.Role, s.Comm))}
	if s.Context != trace.Process {
		frames = append(frames, clean(string(s.Context)))
	}
	for _, f := range slices.Backward(s.Frames) {
		name := clean(f.Name)
		switch {
		case f.Kind != trace.User:
			name += "_[k]"
		case f.Inlined:
			name += "_[i]"
		}
		frames = append(frames, name)
	}
	return strings.Join(frames, ";")
}

// who returns the end of a workload, both of which have one name, or else the command.
func who(role trace.Role, comm string) string {
	if role == trace.Client || role == trace.Server {
		return string(role)
	}
	return comm
}
