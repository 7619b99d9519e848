package export

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"

	"dialpath/lab/trace"
)

// traceEvent writes all that has a time in Chrome's Trace Event Format: one lane a thread,
// and one a device. System calls, hooks and softirqs are slices, functions are instants.
// Arrows lead from the thread that woke another to that one, and from where a packet left
// to where it arrived. The clock counts microseconds since the recording began.
//
// (The format is described at https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.)
func traceEvent(w io.Writer, t *trace.Trace) error {
	c := &chart{start: t.Window.Start, lanes: make(map[lane]title)}
	for _, s := range t.Syscalls {
		c.slice("syscall", s.Name, c.lane(s.Thread, s.Role), s.Time, int64(s.Duration), arguments(s))
	}
	for _, h := range t.Hooks {
		a := args{"part": h.Hook, "local": address(h.Local), "peer": address(h.Peer), "length": h.Length}
		if h.Returned {
			a["return"] = h.Return
		}
		c.slice("hook", h.Function, c.lane(h.Thread, h.Role), h.Time, int64(h.Duration), a)
	}
	for _, s := range t.Softirqs {
		c.slice("softirq", "softirq "+string(s.Context), c.lane(s.Thread, s.Role), s.Time, int64(s.Duration), nil)
	}
	for _, e := range t.Entries {
		c.instant("function", e.Function, c.lane(e.Thread, e.Role), e.Time, args{"context": e.Context})
	}
	for _, wake := range t.Wakeups {
		from, to := c.lane(wake.Waker, wake.WakerRole), c.lane(wake.Thread, wake.Role)
		c.slice("wake-up", fmt.Sprintf("wakes %s %d", who(wake.Role, wake.Comm), wake.TID), from, wake.Time, 0, args{"context": wake.Context})
		c.slice("wake-up", "woken", to, wake.Time, 0, args{"context": wake.Context})
		c.arrow("wake-up", from, wake.Time, to, wake.Time)
	}
	c.packets(sorted(t.Packets))
	return c.write(w, t)
}

// packets draws packets, and an arrow for each that was seen at both ends of its way.
func (c *chart) packets(packets []trace.Packet) {
	left := departures(packets)
	for i, p := range packets {
		what := string(p.Protocol)
		if p.Flags != 0 {
			what += " " + p.Flags.String()
		}
		c.slice("packet", string(p.Direction)+" "+what, c.device(p), p.Time, 0,
			args{"source": address(p.Source), "destination": address(p.Dest), "length": p.Length, "context": p.Context})
		if left[i] >= 0 {
			c.arrow("packet", c.device(packets[left[i]]), packets[left[i]].Time, c.device(p), p.Time)
		}
	}
}

// address is an address and a port as text; nothing if there is none.
func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// args are shown with an event. Those that are empty texts are left out.
type args map[string]any

// A lane is where events are drawn: a thread, or a device. The format groups lanes by
// process.
type lane struct {
	pid, tid int
	device   string
}

// A title is what a lane is called, and the group that it is in, which has a place among
// the groups.
type title struct {
	process, thread string
	place           int
}

// devices is the number of the group of devices. No process has it: Linux gives out less
// than 2^22 (PID_MAX_LIMIT in include/linux/threads.h).
const devices = 1 << 22

// places are those of the groups, from the top on: what was not traced, and only woke
// somebody, comes last.
var places = []trace.Role{trace.Client, packetRole, trace.Server, trace.Tracee, trace.Any, untraced}

const (
	packetRole trace.Role = "packets"
	untraced   trace.Role = "not traced"
)

// lane returns the lane of a thread, and notes its title.
func (c *chart) lane(t trace.Thread, role trace.Role) lane {
	at := lane{pid: t.PID, tid: t.TID}
	if role == "" {
		role = untraced
	}
	group := string(role) + ": " + t.Comm
	if role == trace.Tracee || role == trace.Any {
		group = t.Comm
	}
	if old, known := c.lanes[at]; !known || slices.Index(places, role) < old.place {
		c.lanes[at] = title{group, t.Comm, slices.Index(places, role)}
	}
	return at
}

func (c *chart) device(p trace.Packet) lane {
	at := lane{pid: devices, device: device(p)}
	c.lanes[at] = title{string(packetRole), at.device, slices.Index(places, packetRole)}
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
	arrows int
	lanes  map[lane]title
}

func (c *chart) put(e event, at lane, time int64) {
	maps.DeleteFunc(e.Args, func(_ string, value any) bool { return value == "" })
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

// arrow draws from one lane to another. At both ends there must be slices: those that
// were drawn last at these times are taken.
func (c *chart) arrow(category string, from lane, left int64, to lane, arrived int64) {
	c.arrows++
	c.put(event{Name: category, Category: category, Phase: "s", ID: c.arrows}, from, left)
	c.put(event{Name: category, Category: category, Phase: "f", Binding: "e", ID: c.arrows}, to, arrived)
}

// write gives each lane its numbers and its name, and writes all in order of time.
func (c *chart) write(w io.Writer, t *trace.Trace) error {
	titles := c.titles()
	slices.SortStableFunc(c.events, func(a, b event) int {
		// Of those that begin together the longer is around the other.
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(b.length(), a.length()))
	})
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(map[string]any{
		"traceEvents":     append(titles, c.events...),
		"displayTimeUnit": "ns",
		"otherData":       map[string]string{"recorder": program(t), "kernel": t.Kernel, "arch": t.Arch, "go": t.Go, "backend": string(t.Backend.Name)},
	})
}

func (e event) length() float64 {
	if e.Duration == nil {
		return 0
	}
	return *e.Duration
}

// titles numbers the lanes, and returns the events by which they and their groups are
// named. A group has one name, that of its first lane in order of their places.
func (c *chart) titles() []event {
	lanes := slices.SortedFunc(maps.Keys(c.lanes), func(a, b lane) int {
		return cmp.Or(cmp.Compare(c.lanes[a].place, c.lanes[b].place), cmp.Compare(a.pid, b.pid), cmp.Compare(a.tid, b.tid), cmp.Compare(a.device, b.device))
	})
	var events []event
	named := make(map[int]bool)
	numbers := make(map[lane]int)
	for i, l := range lanes {
		numbers[l] = l.tid
		if l.pid == devices {
			numbers[l] = devices + 1 + i
		}
		name := func(what string, a args) {
			events = append(events, event{Name: what, Phase: "M", PID: l.pid, TID: numbers[l], Args: a})
		}
		if !named[l.pid] {
			named[l.pid] = true
			name("process_name", args{"name": c.lanes[l].process})
			name("process_sort_index", args{"sort_index": c.lanes[l].place})
		}
		name("thread_name", args{"name": c.lanes[l].thread})
	}
	for i := range c.events {
		e := &c.events[i]
		e.PID, e.TID = e.at.pid, numbers[e.at]
	}
	return events
}
