package record

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/version"
	"dialpath/probes"
)

// convert puts what was seen into the form of a trace, in a stable order.
func (r *Recorder) convert(target stage.Target, seen *probes.Seen) (*trace.Trace, error) {
	name, err := release()
	if err != nil {
		return nil, err
	}
	s := r.session
	t := &trace.Trace{
		Version: trace.Version,
		Lab:     version.Lab(),
		Kernel:  name,
		Arch:    runtime.GOARCH,
		Go:      runtime.Version(),
		Target:  trace.Target{Command: target.Command, PID: target.PID},
		Backend: trace.Backend{Name: s.Backend, Why: s.Why},
		Window:  trace.Window{Start: seen.Start, End: seen.End},

		Honesty: r.honesty(seen),
	}
	// What was not asked for stays nil.
	if len(r.wanted.Functions)+len(r.wanted.Stacks) > 0 {
		t.Functions = functions(seen.Counts)
	}
	names := r.programs.namer()
	if len(r.wanted.Stacks) > 0 {
		t.Stacks = stacks(r.wanted.Stacks, s.Backend, seen.Stacks, names.frames)
	}
	if len(r.wanted.GoFunctions) > 0 {
		t.GoFunctions = goFunctions(r.wanted.GoFunctions, r.lacks, seen, names.frames)
	}
	t.Honesty.Unnamed = names.end()
	if r.wanted.Hooks && s.Backend != probes.Tracepoint {
		t.Hooks = calls(seen.Calls)
	}
	if r.wanted.Packets {
		t.Packets = packets(seen.Packets)
	}
	if r.wanted.Syscalls {
		t.Syscalls = syscalls(seen.Syscalls)
	}
	if r.wanted.Timeline {
		t.Entries, t.Softirqs, t.Wakeups = entries(seen.Entries), softirqs(seen.Softirqs), wakeups(seen.Wakeups)
	}
	if target.Workload != nil {
		t.Target.Workload, t.Target.Call, t.Target.Times = target.Workload.Name, target.Workload.Call, max(target.Times, 1)
	}
	if trial := target.Trial; trial != nil {
		t.Target.Exercise, t.Target.Role = trial.Exercise, trace.Role(trial.Role())
		t.Target.Server = trial.Server()
	}
	return t, nil
}

func release() (string, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return "", fmt.Errorf("ask for the kernel's release: %w", err)
	}
	return unix.ByteSliceToString(name.Release[:]), nil
}

func functions(counts []probes.Count) []trace.Function {
	rows := make([]trace.Function, 0, len(counts))
	for _, c := range counts {
		rows = append(rows, trace.Function{
			Name:    c.Function.Name,
			Base:    c.Function.Base,
			Role:    trace.Role(c.Role.String()),
			Context: trace.Context(c.Context.String()),
			Count:   c.Calls,
		})
	}
	slices.SortStableFunc(rows, func(a, b trace.Function) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

func calls(seen []probes.Call) []trace.Hook {
	rows := make([]trace.Hook, 0, len(seen))
	for _, c := range seen {
		h := trace.Hook{
			Hook:     c.Hook,
			Function: c.Function,
			Time:     c.Time,
			Duration: c.Duration,
			Thread:   thread(c.Thread),
			Role:     trace.Role(c.Role.String()),
			Context:  trace.Context(c.Context.String()),
			Family:   kernel.Inet,
			Local:    valid(c.Local),
			Peer:     valid(c.Peer),
			Length:   c.Length,
			Flags:    kernel.MessageFlags(c.Flags),
			Returned: c.Over,
			Return:   c.Return,
		}
		if c.IPv6 {
			h.Family = kernel.Inet6
		}
		rows = append(rows, h)
	}
	slices.SortStableFunc(rows, func(a, b trace.Hook) int { return cmp.Compare(a.Time, b.Time) })
	return rows
}

// stacks converts stacks. The tracepoint backend takes those of all tracepoints;
// of these, the ones that pass through what was asked for are kept.
// Where the kernel's part of a stack ends, the program's begins, as named by name.
func stacks(asked []string, backend probes.Backend, seen []probes.Stack, name func(pid int, p probes.Program) []trace.Frame) []trace.Stack {
	rows := make([]trace.Stack, 0, len(seen))
	for _, s := range seen {
		if backend == probes.Tracepoint && !wanted(asked, s) {
			continue
		}
		row := trace.Stack{
			Function: s.Function.Name,
			Thread:   thread(s.Thread),
			Role:     trace.Role(s.Role.String()),
			Context:  trace.Context(s.Context.String()),
			Count:    s.Calls,
			First:    s.First,
			Frames:   make([]trace.Frame, 0, len(s.Frames)),
		}
		for _, f := range s.Frames {
			row.Frames = append(row.Frames, trace.Frame{Name: f.Name, Offset: f.Offset, Kind: trace.Kernel})
		}
		row.Frames = append(row.Frames, name(s.PID, s.Program)...)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b trace.Stack) int {
		return cmp.Or(cmp.Compare(a.First, b.First), strings.Compare(a.Function, b.Function))
	})
	return rows
}

// wanted tells whether a tracepoint's stack was asked for, by the tracepoint's name
// or by that of a function on it.
func wanted(asked []string, s probes.Stack) bool {
	if probes.Match(asked, s.Function.Name) {
		return true
	}
	return slices.ContainsFunc(s.Frames, func(f probes.Frame) bool { return probes.Match(asked, f.Name) })
}

func packets(seen []probes.Packet) []trace.Packet {
	rows := make([]trace.Packet, 0, len(seen))
	for _, p := range seen {
		row := trace.Packet{
			Time:      p.Time,
			Device:    p.Device,
			Direction: trace.Out,
			Role:      trace.Role(p.Role.String()),
			Context:   trace.Context(p.Context.String()),
			Protocol:  protocol(p.Protocol),
			Source:    valid(p.Source),
			Dest:      valid(p.Destination),
			Length:    p.Length,
			Socket:    p.Socket,
			TID:       p.TID,
			Data:      p.Data,
		}
		if p.Incoming {
			row.Direction = trace.In
		}
		if p.Protocol == unix.IPPROTO_TCP {
			row.Flags = trace.TCPFlags(p.TCPFlags)
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b trace.Packet) int { return cmp.Compare(a.Time, b.Time) })
	return rows
}

func entries(seen []probes.Entry) []trace.Entry {
	rows := make([]trace.Entry, 0, len(seen))
	for _, e := range seen {
		rows = append(rows, trace.Entry{
			Time: e.Time, Function: e.Function.Name, Thread: thread(e.Thread),
			Role: trace.Role(e.Role.String()), Context: trace.Context(e.Context.String()),
		})
	}
	slices.SortStableFunc(rows, func(a, b trace.Entry) int { return cmp.Compare(a.Time, b.Time) })
	return rows
}

func softirqs(seen []probes.Softirq) []trace.Softirq {
	rows := make([]trace.Softirq, 0, len(seen))
	for _, s := range seen {
		rows = append(rows, trace.Softirq{
			Time: s.Time, Duration: s.Duration, Thread: thread(s.Thread),
			Role: trace.Role(s.Role.String()), Context: trace.Context(s.Context.String()),
		})
	}
	slices.SortStableFunc(rows, func(a, b trace.Softirq) int { return cmp.Compare(a.Time, b.Time) })
	return rows
}

func wakeups(seen []probes.Wakeup) []trace.Wakeup {
	rows := make([]trace.Wakeup, 0, len(seen))
	for _, w := range seen {
		row := trace.Wakeup{
			Time: w.Time, Thread: thread(w.Thread), Role: trace.Role(w.Role.String()),
			Waker: thread(w.Waker), Context: trace.Context(w.Context.String()),
		}
		if w.WakerRole != 0 {
			row.WakerRole = trace.Role(w.WakerRole.String())
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b trace.Wakeup) int { return cmp.Compare(a.Time, b.Time) })
	return rows
}

func protocol(number uint8) trace.Protocol {
	switch number {
	case unix.IPPROTO_TCP:
		return trace.TCP
	case unix.IPPROTO_UDP:
		return trace.UDP
	case unix.IPPROTO_ICMP:
		return trace.ICMP
	case unix.IPPROTO_ICMPV6:
		return trace.ICMPv6
	}
	return trace.Protocol(strconv.Itoa(int(number)))
}

func (r *Recorder) honesty(seen *probes.Seen) trace.Honesty {
	s := r.session
	h := trace.Honesty{
		Patterns: slices.Concat(r.wanted.Functions, r.wanted.Stacks),
		Matched:  len(s.Matched),
		Attached: len(s.Matched),
		Failed:   r.Failed(),
		Attach:   s.Attach,
		Calls:    seen.Hits,
		Lost:     seen.Lost,
		Missed:   seen.Missed,
	}
	h.MissedKnown = seen.MissedKnown
	if h.Patterns == nil {
		h.Patterns = []string{}
	}
	for _, f := range s.Failed {
		for _, name := range f.Functions {
			if slices.ContainsFunc(s.Matched, func(f probes.Function) bool { return f.Name == name }) {
				h.Attached--
			}
		}
	}
	if s.Backend == probes.Tracepoint && h.Matched > 0 {
		h.Unseen = "functions that lead to no tracepoint, nor how often any function runs: that needs kprobes"
	}
	return h
}

func thread(t probes.Thread) trace.Thread {
	return trace.Thread{PID: t.PID, TID: t.TID, Comm: t.Comm}
}
