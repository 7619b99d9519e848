package record

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/version"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// TestTarget: a trace tells whom it is of.
func TestTarget(t *testing.T) {
	w := workload.Workload{Name: "dialudp", Call: "net.DialUDP"}
	server := netip.MustParseAddrPort("10.0.0.2:1337")
	for _, test := range []struct {
		target stage.Target
		want   trace.Target
	}{
		{stage.Target{}, trace.Target{}},
		{stage.Target{Workload: &w}, trace.Target{Workload: "dialudp", Call: "net.DialUDP", Times: 1}},
		{stage.Target{Workload: &w, Times: 7}, trace.Target{Workload: "dialudp", Call: "net.DialUDP", Times: 7}},
		{stage.Target{Command: []string{"ls"}, Times: 7}, trace.Target{Command: []string{"ls"}}},
		{stage.Target{PID: 7}, trace.Target{PID: 7}},
		{stage.Target{Trial: &stage.Trial{Exercise: "nagle"}}, trace.Target{Exercise: "nagle", Role: trace.Client, Server: server}},
		{stage.Target{Trial: &stage.Trial{Exercise: "flood", Serves: true}}, trace.Target{Exercise: "flood", Role: trace.Server, Server: server}},
	} {
		r := &Recorder{session: new(probes.Session), programs: newPrograms()}
		got, err := r.convert(test.target, new(probes.Seen))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got.Target, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
			t.Errorf("target (- want, + got):\n%s", diff)
		}
	}
}

// TestRoles: the probes and the trace have the same words for the roles of a stage.
func TestRoles(t *testing.T) {
	want := map[stage.Role]trace.Role{stage.Client: trace.Client, stage.Server: trace.Server, stage.Tracee: trace.Tracee}
	for role, word := range want {
		if trace.Role(role) != word || roles[role].String() != string(word) {
			t.Errorf("%s: the probes say %s, the trace %s", role, roles[role], word)
		}
	}
	if len(roles) != len(want) {
		t.Errorf("%d roles, want %d", len(roles), len(want))
	}
}

// bare names no function of any program.
func bare(int, probes.Program) []trace.Frame { return nil }

func TestProtocol(t *testing.T) {
	for number, want := range map[uint8]trace.Protocol{1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6", 132: "132"} {
		if got := protocol(number); got != want {
			t.Errorf("protocol %d: %q, want %q", number, got, want)
		}
	}
}

// Events come from the kernel by CPU, not by time; what is shown has one order.
func TestOrder(t *testing.T) {
	var got []any
	for _, f := range functions([]probes.Count{
		{Function: probes.Function{Name: "udp_sendmsg"}, Role: probes.Server},
		{Function: probes.Function{Name: "tcp_connect"}, Role: probes.Client},
		{Function: probes.Function{Name: "udp_sendmsg"}, Role: probes.Client},
	}) {
		got = append(got, f.Name+" "+string(f.Role))
	}
	for _, h := range calls([]probes.Call{{Time: 2}, {Time: 1}}) {
		got = append(got, h.Time)
	}
	for _, p := range packets([]probes.Packet{{Time: 4}, {Time: 3}}) {
		got = append(got, p.Time)
	}
	for _, s := range stacks(nil, probes.Kprobe, []probes.Stack{
		{First: 6, Function: probes.Function{Name: "b"}}, {First: 6, Function: probes.Function{Name: "a"}}, {First: 5},
	}, bare) {
		got = append(got, s.Function)
	}
	want := []any{"tcp_connect client", "udp_sendmsg server", "udp_sendmsg client", int64(1), int64(2), int64(3), int64(4), "", "a", "b"}
	if diff := cmp.Diff(want, got, addresses); diff != "" {
		t.Errorf("order (- want, + got):\n%s", diff)
	}
}

func TestPacket(t *testing.T) {
	client, server := netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:1337")
	got := packets([]probes.Packet{
		{Time: 1, Device: "veth0", Role: probes.Client, Protocol: 6, Source: client, Destination: server, TCPFlags: 2, Length: 60, Socket: 4711, TID: 7},
		{Time: 2, Device: "veth0", Incoming: true, Role: probes.Client, Context: 4, Protocol: 17, Source: server, Destination: client, TCPFlags: 2, Length: 37},
	})
	want := []trace.Packet{
		{Time: 1, Device: "veth0", Direction: "out", Role: trace.Client, Context: trace.Process, Protocol: "TCP",
			Source: netip.MustParseAddrPort("10.0.0.1:40000"), Dest: netip.MustParseAddrPort("10.0.0.2:1337"), Flags: trace.SYN, Length: 60, Socket: 4711, TID: 7},
		{Time: 2, Device: "veth0", Direction: "in", Role: trace.Client, Context: trace.NetRX, Protocol: "UDP",
			Source: netip.MustParseAddrPort("10.0.0.2:1337"), Dest: netip.MustParseAddrPort("10.0.0.1:40000"), Length: 37},
	}
	if diff := cmp.Diff(want, got, addresses); diff != "" {
		t.Errorf("packets (- want, + got):\n%s", diff)
	}
}

// The tracepoint backend takes the stacks of all its tracepoints; kept are those
// that lead through what was asked for, by its name or its part's.
func TestStacksOfTracepoints(t *testing.T) {
	through := func(tracepoint string, frames ...string) probes.Stack {
		s := probes.Stack{Function: probes.Function{Name: tracepoint}}
		for _, name := range frames {
			s.Frames = append(s.Frames, probes.Frame{Name: name})
		}
		return s
	}
	seen := []probes.Stack{
		through("net:net_dev_queue", "__dev_queue_xmit", "udp_sendmsg"),
		through("fib:fib_table_lookup", "ip_route_output_flow", "udp_connect"),
		through("net:netif_rx", "veth_xmit"),
	}
	for _, test := range []struct {
		asked   []string
		backend probes.Backend
		want    []string
	}{
		{[]string{"udp_send*"}, probes.Tracepoint, []string{"net:net_dev_queue"}},
		{[]string{"UDP connect"}, probes.Tracepoint, []string{"fib:fib_table_lookup"}},
		{[]string{"net:*"}, probes.Tracepoint, []string{"net:net_dev_queue", "net:netif_rx"}},
		{[]string{"tcp_connect"}, probes.Tracepoint, nil},
		{[]string{"tcp_connect"}, probes.Kprobe, []string{"fib:fib_table_lookup", "net:net_dev_queue", "net:netif_rx"}},
	} {
		var got []string
		for _, s := range stacks(test.asked, test.backend, seen, bare) {
			got = append(got, s.Function)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("stacks of %q by %s (- want, + got):\n%s", test.asked, test.backend, diff)
		}
	}
}

// A function may fail twice, as itself and as a hook; it is attached or it is not.
func TestHonesty(t *testing.T) {
	r := &Recorder{
		wanted: probes.Options{Functions: []string{"udp_*"}, Stacks: []string{"UDP connect"}},
		session: &probes.Session{
			Backend: probes.Kprobe,
			Matched: []probes.Function{{Name: "udp_a"}, {Name: "udp_b"}, {Name: "udp_c"}},
			Failed:  []probes.Failure{{Reason: "no", Functions: []string{"tcp_connect", "udp_b"}}},
		},
	}
	got := r.honesty(&probes.Seen{Hits: 5, Lost: 1, Missed: 2})
	want := trace.Honesty{
		Patterns: []string{"udp_*", "UDP connect"}, Matched: 3, Attached: 2,
		Failed: []trace.Failure{{Reason: "no", Functions: []string{"tcp_connect", "udp_b"}}},
		Calls:  5, Lost: 1, Missed: 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("honesty (- want, + got):\n%s", diff)
	}
}

// TestRecorder: a trace says which lab made it.
func TestRecorder(t *testing.T) {
	r := &Recorder{session: &probes.Session{Backend: probes.Kprobe}, programs: newPrograms()}
	got, err := r.convert(stage.Target{}, new(probes.Seen))
	if err != nil || got.Lab != version.Lab() {
		t.Errorf("it was recorded by lab %q, want %q; %v", got.Lab, version.Lab(), err)
	}
}

// What was not asked for is nil; what was, and was not seen, is empty.
func TestUnasked(t *testing.T) {
	for _, test := range []struct {
		wanted probes.Options
		want   [5]bool // functions, stacks, hooks, packets, syscalls
	}{
		{probes.Options{}, [5]bool{}},
		{probes.Options{Functions: []string{"a"}}, [5]bool{0: true}},
		{probes.Options{Stacks: []string{"a"}}, [5]bool{0: true, 1: true}},
		{probes.Options{Hooks: true}, [5]bool{2: true}},
		{probes.Options{Packets: true}, [5]bool{3: true}},
		{probes.Options{Syscalls: true}, [5]bool{4: true}},
	} {
		r := &Recorder{wanted: test.wanted, session: &probes.Session{Backend: probes.Kprobe}, programs: newPrograms()}
		got, err := r.convert(stage.Target{}, new(probes.Seen))
		if err != nil {
			t.Fatal(err)
		}
		there := [5]bool{got.Functions != nil, got.Stacks != nil, got.Hooks != nil, got.Packets != nil, got.Syscalls != nil}
		if there != test.want {
			t.Errorf("%+v: lists there: %v, want %v", test.wanted, there, test.want)
		}
	}
}

// addresses are compared as a whole: there are no fields in them to look at.
var addresses = cmpopts.EquateComparable(netip.AddrPort{})
