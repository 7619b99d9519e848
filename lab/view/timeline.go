package view

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/explain"
	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// Timeline writes what happened in order of time: system calls, functions, packets,
// softirqs, and who was woken by them; microseconds since the first line, and since the
// line before. What runs inside something else is indented. Who is whose thread ran, and
// of a packet whose device it passed.
//
// Unless all is set it keeps to the road of the data: calls that only set a socket up,
// functions that are none of [kernel.Landmarks], and wake-ups among the threads of one
// program are left out.
func Timeline(w io.Writer, t *trace.Trace, all bool, style Style) error {
	return timeline(w, t, all, false, style)
}

// TimelineExplained is [Timeline] with a line on each of its functions below it, if the
// lab knows the function.
func TimelineExplained(w io.Writer, t *trace.Trace, all bool, style Style) error {
	return timeline(w, t, all, true, style)
}

func timeline(w io.Writer, t *trace.Trace, all, explained bool, style Style) error {
	p := begin(w, style)
	if !t.HasTimeline() {
		p.absent("times of single calls")
		return p.err
	}
	lines := moments(t, all)
	if len(lines) == 0 {
		p.line("Nothing happened.")
		return p.err
	}
	p.line("%s", style.paint(bold, fmt.Sprintf("%10s %8s  %s", "µs", "+", "WHO     WHAT")))
	last := lines[0].time
	for i, m := range lines {
		passed := ""
		if i > 0 {
			passed = fmt.Sprintf("+%.1f", float64(m.time-last)/1e3)
		}
		p.paragraph(fmt.Sprintf("%10.1f %8s  %-7s %s", float64(m.time-lines[0].time)/1e3, passed,
			clip(m.who(), 7), strings.Repeat("  ", min(m.depth, 6))), m.text)
		last = m.time
	}
	if explained {
		p.legend(lines)
	}
	p.timelineNotes(t, lines)
	return p.err
}

// legend says what the functions do, in the order in which they first ran.
func (p *printer) legend(lines []moment) {
	said := make(map[string]bool)
	for _, m := range lines {
		does := explain.Function(m.function)
		if m.function == "" || does == "" || said[m.function] {
			continue
		}
		if len(said) == 0 {
			p.gap()
		}
		said[m.function] = true
		p.line("%s", clean(m.function))
		p.paragraph("    ", does)
	}
}

// timelineNotes explains what of a timeline is strange to who sees the first.
func (p *printer) timelineNotes(t *trace.Trace, lines []moment) {
	var notes []string
	has := func(what func(moment) bool) bool { return slices.ContainsFunc(lines, what) }
	said := func(errno string) bool { return has(func(m moment) bool { return m.errno == errno }) }
	if has(func(m moment) bool { return m.softirq != "" }) {
		var contexts []trace.Context
		for _, m := range lines {
			if m.softirq != "" && !slices.Contains(contexts, m.softirq) {
				contexts = append(contexts, m.softirq)
			}
		}
		note := softirqNote(contexts, false)
		if t.Subject() == trace.Client && slices.Contains(contexts, trace.NetRX) {
			note += " Both ends are on this machine, so what one sends is received on the sender's own thread, before its call returns."
		}
		notes = append(notes, note)
	}
	if said("EAGAIN") {
		notes = append(notes, "EAGAIN means that there is nothing yet. Go's sockets never block: "+
			"the goroutine is parked until epoll_pwait, the runtime's poller, says that there is something, and then asks again.")
	}
	if said("EINPROGRESS") {
		notes = append(notes, "EINPROGRESS means that the call has begun what it was asked for and does not wait for it. The poller tells Go when it is done.")
	}
	if has(func(m moment) bool { return m.role == "" }) {
		notes = append(notes, "other is a process that is not traced, as the lab itself, or the idle CPU (swapper), which a timer or a device has interrupted.")
	}
	for _, note := range notes {
		p.gap()
		p.paragraph("", note)
	}
}

// A moment is one line of a timeline.
type moment struct {
	time     int64
	role     trace.Role
	tid      int // thread; 0 for what belongs to none
	text     string
	function string        // that begins
	returned string        // what a system call returned, that ends
	errno    string        // name of the error that it returned
	softirq  trace.Context // that begins or ends
	open     bool          // begins what encloses the moments that follow on the thread
	close    bool          // ends it
	depth    int
}

// who says whose moment it is.
func (m moment) who() string {
	if m.role == "" {
		return "other"
	}
	return clean(string(m.role))
}

// moments puts all that a trace holds in order.
func moments(t *trace.Trace, all bool) []moment {
	lines := slices.Concat(callMoments(t, all), entryMoments(t, all), packetMoments(t), softirqMoments(t, all), wakeupMoments(t, all))
	slices.SortStableFunc(lines, func(a, b moment) int { return cmp.Compare(a.time, b.time) })
	return nest(join(lines))
}

// callMoments returns the beginnings and ends of system calls. Of those by which a thread
// waits only the end is of interest, and that only if a packet has ended it.
func callMoments(t *trace.Trace, all bool) []moment {
	calls := t.Syscalls
	if !all {
		calls = slices.Concat(t.SocketCalls(trace.Client), t.SocketCalls(trace.Server), t.SocketCalls(trace.Tracee), t.SocketCalls(trace.Any))
		calls = slices.DeleteFunc(calls, func(c trace.Syscall) bool { return kernel.IsSyscall(c.Name, kernel.SetsUp) })
	}
	var lines []moment
	for _, c := range calls {
		text := syscallText(c)
		at := strings.LastIndex(text, " = ")
		began, returned := text[:at], text[at+len(" = "):]
		if c.Unfinished { // so it has no end
			lines = append(lines, moment{time: c.Time, role: c.Role, tid: c.TID, text: text})
			continue
		}
		lines = append(lines,
			moment{time: c.Time, role: c.Role, tid: c.TID, text: began, open: true},
			moment{time: c.Time + int64(c.Duration), role: c.Role, tid: c.TID, close: true, returned: returned, errno: c.Errno,
				text: fmt.Sprintf("%s returns %s, after %s", clean(c.Name), returned, micros(int64(c.Duration)))})
	}
	if all {
		return lines
	}
	for _, w := range t.Wakeups {
		if c, ok := endedBy(t, w); ok {
			after := c.Time + int64(c.Duration) - w.Time
			lines = append(lines, moment{time: c.Time + int64(c.Duration), role: c.Role, tid: c.TID,
				text: fmt.Sprintf("%s returns %d, %s after the wake-up", clean(c.Name), c.Return, micros(after))})
		}
	}
	return lines
}

// endedBy returns the call in which a thread waited for the packet that woke it.
func endedBy(t *trace.Trace, w trace.Wakeup) (trace.Syscall, bool) {
	i := slices.IndexFunc(t.Syscalls, func(c trace.Syscall) bool {
		return c.TID == w.TID && c.Time < w.Time && w.Time < c.Time+int64(c.Duration) && c.Return > 0
	})
	if i < 0 || !byPacket(w) || !strings.HasPrefix(t.Syscalls[i].Name, "epoll_") {
		return trace.Syscall{}, false
	}
	return t.Syscalls[i], true
}

// byPacket tells whether it was a packet's arrival that woke a thread.
func byPacket(w trace.Wakeup) bool { return w.Context == trace.NetRX }

func entryMoments(t *trace.Trace, all bool) []moment {
	var lines []moment
	for _, e := range t.Entries {
		if all || kernel.IsLandmark(e.Function) || strings.Contains(e.Function, ":") {
			lines = append(lines, moment{time: e.Time, role: e.Role, tid: e.TID, text: clean(e.Function), function: e.Function})
		}
	}
	return lines
}

func packetMoments(t *trace.Trace) []moment {
	var lines []moment
	for _, packet := range t.Packets {
		way := "leaves by"
		if packet.Direction == trace.In {
			way = "arrives on"
		}
		what := clean(string(packet.Protocol))
		if packet.Flags != 0 {
			what += " " + packet.Flags.String()
		}
		lines = append(lines, moment{time: packet.Time, role: packet.Role,
			text: fmt.Sprintf("%s %s %s: %s, %d bytes", arrow(packet), way, clean(packet.Device), what, packet.Length)})
	}
	return lines
}

func arrow(packet trace.Packet) string {
	if packet.Direction == trace.In {
		return "◀"
	}
	return "▶"
}

func softirqMoments(t *trace.Trace, all bool) []moment {
	var lines []moment
	for _, s := range t.Softirqs {
		if !all && s.Context != trace.NetRX {
			continue
		}
		name := "softirq " + clean(string(s.Context))
		lines = append(lines,
			moment{time: s.Time, role: s.Role, tid: s.TID, text: name, open: true, softirq: s.Context},
			moment{time: s.Time + int64(s.Duration), role: s.Role, tid: s.TID, close: true, softirq: s.Context,
				text: fmt.Sprintf("%s ends, after %s", name, micros(int64(s.Duration)))})
	}
	return lines
}

func wakeupMoments(t *trace.Trace, all bool) []moment {
	var lines []moment
	for _, w := range t.Wakeups {
		if !all && !byPacket(w) {
			continue
		}
		text := fmt.Sprintf("wakes the %s's thread %d", clean(string(w.Role)), w.TID)
		if w.WakerRole == "" {
			text = clean(w.Waker.Comm) + " " + text
		}
		lines = append(lines, moment{time: w.Time, role: w.WakerRole, tid: w.Waker.TID, text: text})
	}
	return lines
}

// micros shows nanoseconds as microseconds.
func micros(ns int64) string { return fmt.Sprintf("%.0f µs", float64(ns)/1e3) }

// join puts the beginning and the end of a call on one line, if nothing is shown between.
func join(lines []moment) []moment {
	var joined []moment
	for _, m := range lines {
		last := len(joined) - 1
		if last >= 0 && m.ends(joined[last]) {
			joined[last].text += " = " + m.returned
			joined[last].open, joined[last].errno = false, m.errno
			continue
		}
		joined = append(joined, m)
	}
	return joined
}

// ends tells whether m is the end of the system call that begins with began.
func (m moment) ends(began moment) bool {
	return m.close && began.open && m.tid == began.tid && m.softirq == "" && began.softirq == ""
}

// nest says how deep each moment is inside others: of its thread, or, if it belongs to
// none, of the thread of the one before.
func nest(lines []moment) []moment {
	depth := make(map[int]int)
	running := 0
	for i := range lines {
		m := &lines[i]
		if m.tid != 0 {
			running = m.tid
		}
		if m.close {
			depth[running] = max(0, depth[running]-1)
		}
		m.depth = depth[running]
		if m.open {
			depth[running]++
		}
	}
	return lines
}
