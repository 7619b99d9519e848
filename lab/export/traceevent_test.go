package export

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
)

// A drawn event is one as Perfetto reads it.
type drawn struct {
	Name, Cat, Ph, S, Bp string
	Ts, Dur              float64
	PID, TID, ID         int
	Args                 map[string]any
}

// chartOf returns what is drawn of a trace.
func chartOf(t *testing.T, r *trace.Trace) []drawn {
	t.Helper()
	var chart struct {
		TraceEvents     []drawn           `json:"traceEvents"`
		DisplayTimeUnit string            `json:"displayTimeUnit"`
		OtherData       map[string]string `json:"otherData"`
	}
	if err := json.Unmarshal(written(t, "trace-event", r), &chart); err != nil {
		t.Fatalf("%s: %v", name(r), err)
	}
	if chart.DisplayTimeUnit != "ns" || chart.OtherData["kernel"] != r.Kernel {
		t.Errorf("%s: display time unit %q, other data %v", name(r), chart.DisplayTimeUnit, chart.OtherData)
	}
	return chart.TraceEvents
}

// TestTraceEvent demands of all recordings what the format demands: each lane is named
// once, before anything is drawn; events are in order of time; slices of a lane are inside
// one another or apart; arrows have two ends, each on a slice.
func TestTraceEvent(t *testing.T) {
	t.Parallel()
	type lane struct{ pid, tid int }
	for _, r := range ours(t) {
		last := 0.0
		lanes, groups := make(map[lane]string), make(map[int]string)
		open := make(map[lane][]float64)  // ends of the slices that are under way
		top := make(map[lane]drawn)       // the slice that began last
		arrows := make(map[string]string) // phases
		for _, e := range chartOf(t, r) {
			at := lane{e.PID, e.TID}
			what := fmt.Sprintf("%s: %s %q at %v of lane %v", name(r), e.Ph, e.Name, e.Ts, at)
			if e.Ph == "M" {
				title := fmt.Sprint(e.Args["name"])
				if len(top) > 0 || e.Name == "thread_name" && lanes[at] != "" || e.Name == "process_name" && groups[e.PID] != "" {
					t.Errorf("%s comes late or twice", what)
				}
				switch e.Name {
				case "thread_name":
					lanes[at] = title
				case "process_name":
					groups[e.PID] = title
				}
				continue
			}
			if lanes[at] == "" || groups[e.PID] == "" {
				t.Errorf("%s: it has no name", what)
			}
			if e.Ts < last || e.Ts < 0 {
				t.Errorf("%s: after %v", what, last)
			}
			last = e.Ts
			ends := open[at]
			for len(ends) > 0 && ends[len(ends)-1] <= e.Ts {
				ends = ends[:len(ends)-1]
			}
			switch e.Ph {
			case "X":
				end := e.Ts + e.Dur
				if len(ends) > 0 && end > ends[len(ends)-1]+1e-6 { // µs are not exact in binary
					t.Errorf("%s: it ends at %v, what is around it at %v", what, end, ends[len(ends)-1])
				}
				if e.Dur > 0 {
					ends = append(ends, end)
				}
				top[at] = e
			case "i":
				if e.S != "t" {
					t.Errorf("%s: scope %q, want t", what, e.S)
				}
			case "s", "f":
				id := fmt.Sprint(e.Cat, e.ID)
				if arrows[id] += e.Ph; arrows[id] != "s" && arrows[id] != "sf" {
					t.Errorf("%s: arrow %s has ends %s", what, id, arrows[id])
				}
				if top[at].Cat != e.Cat || math.Abs(top[at].Ts-e.Ts) > 1e-6 {
					t.Errorf("%s: it ends on %+v", what, top[at])
				}
			default:
				t.Errorf("%s: phase %q", what, e.Ph)
			}
			open[at] = ends
		}
		for id, ends := range arrows {
			if ends != "sf" {
				t.Errorf("%s: arrow %s has ends %s", name(r), id, ends)
			}
		}
	}
}

// TestTraceEventCounts draws all that there is, once.
func TestTraceEventCounts(t *testing.T) {
	t.Parallel()
	for _, r := range ours(t) {
		got := make(map[string]int)
		for _, e := range chartOf(t, r) {
			got[e.Ph+" "+e.Cat]++
		}
		for _, c := range []struct {
			kind string
			want int
		}{
			{"X syscall", len(r.Syscalls)}, {"X hook", len(r.Hooks)}, {"X softirq", len(r.Softirqs)}, {"i function", len(r.Entries)},
			{"X packet", len(r.Packets)}, {"f packet", len(r.Packets) / 2}, // all of them leave and arrive
			{"X wake-up", 2 * len(r.Wakeups)}, {"s wake-up", len(r.Wakeups)},
		} {
			if got[c.kind] != c.want {
				t.Errorf("%s: %d of %q, want %d", name(r), got[c.kind], c.kind, c.want)
			}
		}
	}
}

// TestTraceEventDial reads a dial from the chart: SYN leaves inside connect(2), on the
// clock of the packets, and arrives at the other end.
func TestTraceEventDial(t *testing.T) {
	t.Parallel()
	r := recorded(t, "dial-tcp")
	events := chartOf(t, r)
	var groups, adapters []string
	var connect, syn, arrived, hook drawn
	for _, e := range events {
		switch {
		case e.Name == "process_name":
			groups = append(groups, fmt.Sprint(e.Args["name"]))
		case e.Name == "thread_name" && e.PID == devices:
			adapters = append(adapters, fmt.Sprint(e.Args["name"]))
		case e.Name == "connect" && e.Cat == "syscall" && connect.Name == "":
			connect = e
		case e.Name == "tcp_connect" && e.Cat == "hook":
			hook = e
		case e.Name == "out TCP SYN":
			syn = e
		case e.Name == "in TCP SYN":
			arrived = e
		}
	}
	if diff := cmp.Diff([]string{"client: dial-tcp", "packets", "server: dial-tcp", "not traced: swapper/0", "not traced: lab"}, groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"client veth0", "server veth1"}, adapters); diff != "" {
		t.Errorf("devices (-want +got):\n%s", diff)
	}
	inside := func(a, b drawn) bool { return b.Ts <= a.Ts && a.Ts+a.Dur <= b.Ts+b.Dur }
	if !inside(hook, connect) || hook.TID != connect.TID {
		t.Errorf("tcp_connect %+v is not inside connect %+v", hook, connect)
	}
	if !inside(syn, hook) || !inside(arrived, connect) {
		t.Errorf("SYN leaves at %v and arrives at %v, tcp_connect is %+v", syn.Ts, arrived.Ts, hook)
	}
	want := map[string]any{"errno": "EINPROGRESS", "return": -1.0, "family": "AF_INET", "address": "10.0.0.2:1337"}
	for key, value := range want {
		if connect.Args[key] != value {
			t.Errorf("connect's %s is %v, want %v", key, connect.Args[key], value)
		}
	}
	if syn.Args["source"] == nil || syn.Args["destination"] != "10.0.0.2:1337" || syn.Args["length"] != 60.0 || syn.Args["context"] != "process" {
		t.Errorf("SYN is %v", syn.Args)
	}
}

// TestTraceEventOrder puts what begins together in the order in which it nests.
func TestTraceEventOrder(t *testing.T) {
	t.Parallel()
	thread := trace.Thread{PID: 7, TID: 8, Comm: "curl"}
	r := &trace.Trace{
		Window:   trace.Window{Start: 1000},
		Softirqs: []trace.Softirq{{Time: 2000, Duration: 500, Thread: thread, Role: trace.Tracee, Context: trace.NetRX}},
		Hooks:    []trace.Hook{{Time: 2000, Duration: 1000, Thread: thread, Role: trace.Tracee, Function: "udp_sendmsg", Returned: true}},
		Syscalls: []trace.Syscall{{Time: 2000, Duration: 1500, Thread: thread, Role: trace.Tracee, Name: "write", FD: -1}},
		Wakeups:  []trace.Wakeup{{Time: 2000, Thread: thread, Role: trace.Tracee, Waker: trace.Thread{}, Context: trace.Timer}},
	}
	var got []string
	for _, e := range chartOf(t, r) {
		got = append(got, fmt.Sprintf("%s %s %v+%v %d/%d %v", e.Ph, e.Name, e.Ts, e.Dur, e.PID, e.TID, e.Args))
	}
	want := []string{
		"M process_name 0+0 7/8 map[name:curl]",
		"M process_sort_index 0+0 7/8 map[sort_index:3]",
		"M thread_name 0+0 7/8 map[name:curl]",
		"M process_name 0+0 0/0 map[name:not traced: ]",
		"M process_sort_index 0+0 0/0 map[sort_index:5]",
		"M thread_name 0+0 0/0 map[name:]",
		"X write 1+1.5 7/8 map[return:0]",
		"X udp_sendmsg 1+1 7/8 map[length:0 return:0]",
		"X softirq NET_RX 1+0.5 7/8 map[]",
		"X wakes curl 8 1+0 0/0 map[context:TIMER]",
		"X woken 1+0 7/8 map[context:TIMER]",
		"s wake-up 1+0 0/0 map[]",
		"f wake-up 1+0 7/8 map[]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
