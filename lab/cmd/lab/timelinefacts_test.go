package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dialpath/lab/trace"
)

// TestTimelineFacts: all that a whole timeline shows, by kind, in order of time.
func TestTimelineFacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, reference string) {
		text, all := said(t, "timeline", "-r", reference, "--all"), asJSON[trace.Trace](t, "timeline", "-r", reference, "--all")
		framed(t, text, &all)
		shown, have := shownMoments(t, text, all), recordedMoments(all)
		shown.sort()
		have.sort()
		same(t, "moments", shown, have)
	})
}

// moments are what happened, by kind.
type moments map[string][]string

func (m moments) add(kind string, fact ...any) {
	m[kind] = append(m[kind], strings.TrimSpace(fmt.Sprintln(fact...)))
}

func (m moments) sort() {
	for kind := range m {
		slices.Sort(m[kind])
	}
}

// recordedMoments are those of a recording.
func recordedMoments(all trace.Trace) moments {
	have, start := make(moments), firstMoment(all)
	clock := func(time int64) string { return fmt.Sprintf("%.1f", float64(time-start)/1e3) }
	for _, e := range all.Entries {
		have.add("functions", clock(e.Time), e.Role, e.Function)
	}
	for _, c := range all.Syscalls {
		have.add("calls", clock(c.Time), c.Role, c.Name)
	}
	for _, p := range all.Packets {
		have.add("packets", clock(p.Time), p.Role, p.Device, p.Protocol, p.Flags, p.Length)
	}
	for _, s := range all.Softirqs {
		have.add("softirqs", clock(s.Time), s.Role, s.Context)
		have.add("ends of softirqs", clock(s.Time+int64(s.Duration)), s.Role, s.Context, fmt.Sprintf("%.0f", float64(s.Duration)/1e3))
	}
	for _, w := range all.Wakeups {
		waker := string(w.WakerRole)
		if waker == "" {
			waker = "other"
		}
		have.add("wake-ups", clock(w.Time), waker, w.Role, w.TID)
	}
	return have
}

// momentLine is a line of a timeline.
var momentLine = regexp.MustCompile(`(?m)^ *([0-9.]+) +(?:\+[0-9.]+ +)?(client|server|other) +(.*)$`)

// shownMoments are those that a timeline shows of a recording.
func shownMoments(t *testing.T, text string, of trace.Trace) moments {
	t.Helper()
	shown, names, calls := make(moments), make(map[string]bool), make(map[string]bool)
	for _, e := range of.Entries {
		names[e.Function] = true
	}
	for _, c := range of.Syscalls {
		calls[c.Name] = true
	}
	for _, m := range momentLine.FindAllStringSubmatch(text, -1) {
		at, who, what := m[1], m[2], m[3]
		var a, b, c string
		var n int
		name, _, isCall := strings.Cut(what, "(")
		switch {
		case names[what]:
			shown.add("functions", at, who, what)
		case isCall && calls[name]:
			shown.add("calls", at, who, name)
		case scan(what, "softirq %s ends, after %d µs", &a, &n):
			shown.add("ends of softirqs", at, who, a, n)
		case scan(what, "softirq %s", &a):
			shown.add("softirqs", at, who, a)
		case strings.Contains(what, "leaves by ") || strings.Contains(what, "arrives on "):
			place, rest, _ := strings.Cut(strings.Fields(what)[3]+" "+strings.Join(strings.Fields(what)[4:], " "), ": ")
			b, c, _ = strings.Cut(rest, ", ")
			protocol, flags, _ := strings.Cut(b, " ")
			shown.add("packets", at, who, place, protocol, flags, strings.TrimSuffix(c, " bytes"))
		case strings.Contains(what, "wakes the "):
			_, rest, _ := strings.Cut(what, "wakes the ")
			role, tid, _ := strings.Cut(rest, "'s thread ")
			shown.add("wake-ups", at, who, role, tid)
		case strings.Contains(what, " returns "): // its beginning is what is compared
		default:
			t.Errorf("what is this: %s", m[0])
		}
	}
	return shown
}

// scan reads one of the forms of a line.
func scan(text, form string, into ...any) bool {
	n, err := fmt.Sscanf(text, form, into...)
	return err == nil && n == len(into)
}

// firstMoment is when a timeline begins.
func firstMoment(all trace.Trace) int64 {
	first := all.Window.End
	for _, e := range all.Entries {
		first = min(first, e.Time)
	}
	for _, c := range all.Syscalls {
		first = min(first, c.Time)
	}
	for _, p := range all.Packets {
		first = min(first, p.Time)
	}
	for _, s := range all.Softirqs {
		first = min(first, s.Time)
	}
	for _, w := range all.Wakeups {
		first = min(first, w.Time)
	}
	return first
}
