package compare

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// callOf says what the workloads of these tests are about.
var callOf = map[string]string{"dial-tcp": `net.Dial("tcp")`, "dialudp": `net.DialUDP("udp")`}

// recording returns a trace of a workload with everything asked for and nothing
// seen yet.
func recording(workload string) *trace.Trace {
	return &trace.Trace{
		Kernel:    "6.12.107",
		Target:    trace.Target{Workload: workload, Call: callOf[workload]},
		Backend:   trace.Backend{Name: "kprobe.multi"},
		Functions: []trace.Function{},
		Hooks:     []trace.Hook{},
		Packets:   []trace.Packet{},
		Syscalls:  []trace.Syscall{},
		Honesty:   trace.Honesty{Patterns: []string{"tcp_*", "udp_*"}},
	}
}

func ran(name, base string, role trace.Role, context trace.Context, count uint64) trace.Function {
	return trace.Function{Name: name, Base: base, Role: role, Context: context, Count: count}
}

func dialTCP() *trace.Trace {
	t := recording("dial-tcp")
	t.Functions = []trace.Function{
		ran("tcp_release_cb", "tcp_release_cb", trace.Client, trace.Process, 9),
		ran("tcp_v4_connect", "tcp_v4_connect", trace.Client, trace.Process, 1),
		ran("tcp_options_write.isra.0", "tcp_options_write", trace.Client, trace.Process, 2),
		ran("tcp_v4_rcv", "tcp_v4_rcv", trace.Client, trace.NetRX, 4),
		ran("tcp_close", "tcp_close", trace.Server, trace.Process, 1), // not the client's
		ran("__tcp_transmit_skb", "__tcp_transmit_skb", trace.Client, trace.Process, 3),
	}
	t.Hooks = []trace.Hook{
		{Hook: kernel.TCPConnect, Function: "tcp_connect", Role: trace.Client},
		{Hook: kernel.UDPSend, Function: "udp_sendmsg", Role: trace.Server}, // not the client's
	}
	t.Packets = []trace.Packet{
		{Time: 3, Role: trace.Client, Direction: "out", Protocol: "TCP", Flags: trace.ACK},
		{Time: 1, Role: trace.Client, Direction: "out", Protocol: "TCP", Flags: trace.SYN},
		{Time: 2, Role: trace.Client, Direction: "in", Protocol: "TCP", Flags: trace.ACK | trace.SYN},
		{Time: 4, Role: trace.Server, Direction: "out", Protocol: "TCP", Flags: trace.ACK | trace.FIN},
		{Time: 5, Role: trace.Client, Direction: "out", Protocol: "58"},
	}
	t.Syscalls = []trace.Syscall{
		{Time: 1, Role: trace.Client, Name: "socket", FD: -1, Return: 3},
		{Time: 2, Role: trace.Client, Name: "connect", FD: 3, Return: -1, Errno: "EINPROGRESS"},
		{Time: 3, Role: trace.Client, Name: "getsockopt", FD: 3},
		{Time: 4, Role: trace.Client, Name: "epoll_pwait", FD: 4},
	}
	return t
}

func dialUDP() *trace.Trace {
	t := recording("dialudp")
	t.Functions = []trace.Function{
		ran("tcp_options_write", "tcp_options_write", trace.Client, trace.Process, 2), // as on an older kernel
		ran("udp_poll", "udp_poll", trace.Client, trace.Process, 2),
		ran("udp_init_sock", "udp_init_sock", trace.Client, trace.Process, 1),
	}
	t.Hooks = []trace.Hook{{Hook: kernel.UDPConnect, Function: "ip4_datagram_connect", Role: trace.Client}}
	t.Syscalls = []trace.Syscall{
		{Time: 1, Role: trace.Client, Name: "socket", FD: -1, Return: 3},
		{Time: 2, Role: trace.Client, Name: "setsockopt", FD: 3},
		{Time: 3, Role: trace.Client, Name: "connect", FD: 3},
	}
	return t
}

func TestSummary(t *testing.T) {
	t.Parallel()
	known := func(calls uint64) Cell { return Cell{Known: true, Calls: calls} }
	want := []Row{
		{Kind: Syscall, Name: "connect", A: known(1), B: known(1)},
		{Kind: Hook, Name: kernel.TCPConnect, A: Cell{Known: true, Calls: 1, Names: []string{"tcp_connect"}}, B: known(0)},
		{Kind: Hook, Name: kernel.UDPConnect, A: known(0), B: Cell{Known: true, Calls: 1, Names: []string{"ip4_datagram_connect"}}},
		{Kind: Packets, Name: "sent", A: Cell{Known: true, Calls: 2, Packets: []string{"SYN", "ACK"}}, B: known(0)},
		{Kind: Pattern, Name: "tcp_*", Context: trace.Process,
			A: Cell{Known: true, Calls: 12, Functions: 3}, B: Cell{Known: true, Calls: 2, Functions: 1}},
		{Kind: Pattern, Name: "tcp_*", Context: trace.NetRX, A: Cell{Known: true, Calls: 4, Functions: 1}, B: known(0)},
		{Kind: Pattern, Name: "udp_*", Context: trace.Process, A: known(0), B: Cell{Known: true, Calls: 3, Functions: 2}},
	}
	got := Compare(dialTCP(), dialUDP())
	if diff := cmp.Diff(want, got.Summary); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.A.Title != `net.Dial("tcp")` || got.B.Title != `net.DialUDP("udp")` {
		t.Errorf("titles %s and %s", got.A.Title, got.B.Title)
	}
}

func TestSyscalls(t *testing.T) {
	t.Parallel()
	var got []string
	for _, r := range Compare(dialTCP(), dialUDP()).Syscalls {
		got = append(got, r.Name)
	}
	if diff := cmp.Diff([]string{"getsockopt", "setsockopt", "socket", "connect"}, got); diff != "" {
		t.Errorf("what differs, then the rest, each in the order of first use, without the runtime's own (-want +got):\n%s", diff)
	}
}

// TestDiff: what is alike is left out, and counted; what only one side can tell is not.
func TestDiff(t *testing.T) {
	t.Parallel()
	whole := Compare(dialTCP(), dialUDP())
	diff := whole.Diff()
	for _, rows := range [][]Row{diff.Summary, diff.Syscalls, diff.Functions} {
		for _, r := range rows {
			if r.A.Known == r.B.Known && !r.Differs() {
				t.Errorf("alike: %+v", r)
			}
		}
	}
	count := func(c Comparison) int { return len(c.Summary) + len(c.Syscalls) + len(c.Functions) }
	if diff.Folded == 0 || count(diff)+diff.Folded != count(whole) {
		t.Errorf("%d rows, %d left, %d folded", count(whole), count(diff), diff.Folded)
	}
	if same := Compare(dialTCP(), dialTCP()).Diff(); count(same) != 0 {
		t.Errorf("a trace differs from itself: %+v", same)
	}
	b := dialUDP()
	b.Syscalls = nil
	if one := Compare(dialTCP(), b).Diff(); len(one.Syscalls) == 0 {
		t.Error("what B cannot tell was taken for alike")
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	type line struct {
		name    string
		context trace.Context
		a, b    uint64
	}
	want := []line{
		{"tcp_v4_connect", trace.Process, 1, 0}, // A alone, ascending
		{"__tcp_transmit_skb", trace.Process, 3, 0},
		{"tcp_release_cb", trace.Process, 9, 0},
		{"udp_init_sock", trace.Process, 0, 1}, // B alone
		{"udp_poll", trace.Process, 0, 2},
		{"tcp_options_write", trace.Process, 2, 2}, // both, by the source's name
		{"tcp_v4_rcv", trace.NetRX, 4, 0},
	}
	c := Compare(dialTCP(), dialUDP())
	var got []line
	for _, r := range c.Functions {
		got = append(got, line{r.Name, r.Context, r.A.Calls, r.B.Calls})
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if names := c.Functions[5].A.Names; len(names) != 1 || names[0] != "tcp_options_write.isra.0" {
		t.Errorf("names on the kernel of A: %v", names)
	}
	if r := c.Functions[1]; !r.A.Known || r.B.Known {
		t.Errorf("B did not count __tcp_transmit_skb, so nothing is known of it there: %+v", r)
	}
	if r := c.Functions[0]; !r.B.Known || !r.Differs() {
		t.Errorf("B counted tcp_* and never saw tcp_v4_connect: %+v", r)
	}
	if r := c.Functions[5]; r.Differs() {
		t.Errorf("the same on both sides: %+v", r)
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	b := dialUDP()
	b.Backend.Name = "tracepoint"
	b.Packets, b.Syscalls = nil, nil
	for _, r := range Compare(dialTCP(), b).Summary {
		if !r.A.Known {
			t.Errorf("%s: A is unknown", r.Name)
		}
		if r.B.Known || r.B.Calls != 0 {
			t.Errorf("%s: %+v, though nothing of it was recorded", r.Name, r.B)
		}
		if r.Differs() {
			t.Errorf("%s: what is unknown does not differ", r.Name)
		}
	}
}

// TestHookWithoutProbe holds that a hook that could not be attached to is unknown,
// on one side or on both, and not a hook that was never called.
func TestHookWithoutProbe(t *testing.T) {
	t.Parallel()
	failed := func(tr *trace.Trace, function string) *trace.Trace {
		tr.Hooks = []trace.Hook{}
		tr.Honesty.Failed = []trace.Failure{{Reason: "refused", Functions: []string{function}}}
		return tr
	}
	find := func(c Comparison, role string) (Row, bool) {
		i := slices.IndexFunc(c.Summary, func(r Row) bool { return r.Kind == Hook && r.Name == role })
		if i < 0 {
			return Row{}, false
		}
		return c.Summary[i], true
	}
	r, ok := find(Compare(dialTCP(), failed(dialUDP(), "udp_connect")), kernel.UDPConnect)
	if !ok || !r.A.Known || r.B.Known || r.B.Calls != 0 || r.Differs() {
		t.Errorf("UDP connect, without a probe in B: %v, %+v", ok, r)
	}
	r, ok = find(Compare(dialTCP(), failed(dialUDP(), "tcp_connect.isra.0")), kernel.TCPConnect)
	if !ok || r.A.Calls != 1 || r.B.Known {
		t.Errorf("TCP connect, without a probe in B: %v, %+v", ok, r)
	}
	if _, ok = find(Compare(dialTCP(), failed(dialUDP(), "tcp_close")), kernel.UDPSend); ok {
		t.Error("a row for UDP send, which neither side ran and both could see")
	}
}

func TestPatternOfOneSide(t *testing.T) {
	t.Parallel()
	b := dialUDP()
	b.Honesty.Patterns = []string{"udp_*", "udp_sendmsg"}
	var names []string
	for _, r := range Compare(dialTCP(), b).Summary {
		if r.Kind == Pattern && r.Context == trace.Process {
			names = append(names, r.Name)
			if want := r.Name == "udp_*"; r.B.Known != want {
				t.Errorf("%s: known of B is %v", r.Name, r.B.Known)
			}
		}
	}
	if diff := cmp.Diff([]string{"tcp_*", "udp_*"}, names); diff != "" {
		t.Errorf("a row for each glob, none for single functions (-want +got):\n%s", diff)
	}
}

func TestDiffers(t *testing.T) {
	t.Parallel()
	two := func(packets ...string) Cell { return Cell{Known: true, Calls: 2, Packets: packets} }
	if !(Row{A: two("SYN", "ACK"), B: two("SYN", "RST")}).Differs() {
		t.Error("other packets, though as many, differ")
	}
	if (Row{A: two("SYN", "ACK"), B: two("SYN", "ACK")}).Differs() {
		t.Error("the same packets do not differ")
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	c := Compare(dialTCP(), dialTCP())
	for _, rows := range [][]Row{c.Summary, c.Syscalls, c.Functions} {
		for _, r := range rows {
			if r.Differs() {
				t.Errorf("a trace differs from itself: %+v", r)
			}
		}
	}
}
