package export

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// traceEvent writes all that has a time in Chrome's Trace Event Format: one lane a thread,
// and one a device. System calls, hooks and softirqs are slices, functions are instants,
// wake-ups are arrows from the thread that woke to the one that was woken. The clock
// counts microseconds since the recording began.
//
// (The format is described at https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.)
func traceEvent(w io.Writer, t *trace.Trace) error {
	c := &chart{start: t.Window.Start, lanes: make(map[lane]title)}
	for _, s := range t.Syscalls {
		c.slice("syscall", s.Name, c.lane(s.Thread, s.Role), s.Time, int64(s.Duration), args{"args": s.Args, "fd": s.FD, "return": s.Return, "errno": s.Errno})
	}
	for _, h := range t.Hooks {
		c.slice("hook", h.Function, c.lane(h.Thread, h.Role), h.Time, int64(h.Duration),
			args{"role": h.Hook, "local": h.Local, "peer": h.Peer, "length": h.Length, "return": h.Return})
	}
	for _, s := range t.Softirqs {
		c.slice("softirq", string(s.Context), c.lane(s.Thread, s.Role), s.Time, int64(s.Duration), nil)
	}
	for _, e := range t.Entries {
		c.instant("function", e.Function, c.lane(e.Thread, e.Role), e.Time, args{"context": e.Context})
	}
	for _, p := range sorted(t.Packets) {
		name := p.Protocol
		if p.Flags != "" {
			name += " " + p.Flags
		}
		c.instant("packet", name, c.device(p), p.Time,
			args{"direction": p.Direction, "source": p.Source, "destination": p.Dest, "length": p.Length, "context": p.Context})
	}
	for i, wake := range t.Wakeups {
		c.arrow(i+1, c.lane(wake.Waker, wake.WakerRole), c.lane(wake.Thread, wake.Role), wake.Time, args{"context": wake.Context})
	}
	return c.write(w, t)
}

type args map[string]any

// A lane is where events are drawn: a thread, or a device. The format groups lanes by
// process.
type lane struct {
	pid, tid int
	device   string
}

// A title is what a lane is called, and the group that it is in.
type title struct{ process, thread string }

// devices is the number of the group of devices. No process has it: Linux gives out less
// than 2^22 (PID_MAX_LIMIT in include/linux/threads.h).
const devices = 1 << 22

// lane returns the lane of a thread, and notes its title.
func (c *chart) lane(t trace.Thread, role trace.Role) lane {
	at := lane{pid: t.PID, tid: t.TID}
	if role == "" {
		role = "others"
	}
	if old, known := c.lanes[at]; !known || strings.HasPrefix(old.process, "others") {
		c.lanes[at] = title{fmt.Sprintf("%s: %s", role, t.Comm), t.Comm}
	}
	return at
}

func (c *chart) device(p trace.Packet) lane {
	at := lane{pid: devices, device: device(p)}
	c.lanes[at] = title{"packets", at.device}
	return at
}

// An event is one entry of the format. Times are in microseconds.
type event struct {
	Name     string   `json:"name"`
	Category string   `json:"cat,omitempty"`
	Phase    string   `json:"ph"`
	Time     float64  `json:"ts"`
	Duration *float64 `json:"dur,omitempty"`
	PID      int      `json:"pid"`
	TID      int      `json:"tid"`
	ID       int      `json:"id,omitempty"`
	Scope    string   `json:"s,omitempty"`  // of an instant: t, its thread
	Binding  string   `json:"bp,omitempty"` // of an arrow's end: e, what encloses it
	Args     args     `json:"args,omitempty"`

	at lane
}

type chart struct {
	start  int64
	events []event
	lanes  map[lane]title
}

func (c *chart) put(e event, at lane, time int64) {
	e.at, e.Time = at, float64(time-c.start)/1e3
	c.events = append(c.events, e)
}

func (c *chart) slice(category, name string, at lane, time, duration int64, a args) {
	d := float64(max(duration, 0)) / 1e3
	c.put(event{Name: name, Category: category, Phase: "X", Duration: &d, Args: a}, at, time)
}

func (c *chart) instant(category, name string, at lane, time int64, a args) {
	c.put(event{Name: name, Category: category, Phase: "i", Scope: "t", Args: a}, at, time)
}

// arrow draws from one lane to another. Its ends must lie in slices: each gets one that
// takes no time.
func (c *chart) arrow(id int, from, to lane, time int64, a args) {
	c.slice("wake-up", "wakes "+c.lanes[to].thread, from, time, 0, a)
	c.put(event{Name: "wake-up", Category: "wake-up", Phase: "s", ID: id}, from, time)
	c.slice("wake-up", "woken", to, time, 0, a)
	c.put(event{Name: "wake-up", Category: "wake-up", Phase: "f", Binding: "e", ID: id}, to, time)
}

// write gives each lane its numbers and its name, and writes all in order of time.
func (c *chart) write(w io.Writer, t *trace.Trace) error {
	lanes := slices.SortedFunc(maps.Keys(c.lanes), func(a, b lane) int {
		return cmp.Or(cmp.Compare(a.pid, b.pid), cmp.Compare(a.tid, b.tid), cmp.Compare(a.device, b.device))
	})
	var names []event
	for i, l := range lanes {
		tid := l.tid
		if l.pid == devices {
			tid = devices + 1 + i
		}
		named := event{Phase: "M", PID: l.pid, TID: tid}
		named.Name, named.Args = "process_name", args{"name": c.lanes[l].process}
		names = append(names, named)
		named.Name, named.Args = "thread_name", args{"name": c.lanes[l].thread}
		names = append(names, named)
		for j := range c.events {
			if e := &c.events[j]; e.at == l {
				e.PID, e.TID = l.pid, tid
			}
		}
	}
	slices.SortStableFunc(c.events, func(a, b event) int { return cmp.Compare(a.Time, b.Time) })
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(map[string]any{
		"traceEvents":     append(names, c.events...),
		"displayTimeUnit": "ns",
		"otherData":       map[string]string{"kernel": t.Kernel, "arch": t.Arch, "go": t.Go, "backend": t.Backend.Name},
	})
}
