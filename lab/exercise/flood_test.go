package exercise

import (
	"strings"
	"testing"

	"dialpath/lab/trace"
)

// TestDropped: datagrams are thrown away on more than one stack, and all are counted.
func TestDropped(t *testing.T) {
	t.Parallel()
	stack := func(first int64, count uint64, through string) trace.Stack {
		return trace.Stack{Function: "kfree_skb_reason", First: first, Count: count, Frames: []trace.Frame{
			{Name: "kfree_skb_reason", Kind: trace.Kernel}, {Name: through, Kind: trace.Kernel},
		}}
	}
	tr := trace.Trace{Stacks: []trace.Stack{
		stack(3, 100, "udp_queue_rcv_one_skb"), stack(2, 50, "udp_queue_rcv_one_skb"), stack(1, 7, "unix_release_sock"),
	}}
	got := Evidence{&tr, trace.Server}.dropped()
	if got == nil || got.First != 2 || got.Count != 150 {
		t.Errorf("got %+v", got)
	}
	if tr.Stacks[1].Count != 50 {
		t.Error("the trace itself has changed")
	}
}

func TestFloodReceived(t *testing.T) {
	t.Parallel()
	var came []trace.Packet
	for range 4 {
		came = append(came, trace.Packet{Direction: "in", Role: trace.Server, Protocol: "UDP"})
	}
	receive := func(name string, n int64) trace.Syscall {
		return trace.Syscall{Role: trace.Server, Name: name, FD: 3, Return: n}
	}
	drop := func(function string, through ...string) trace.Stack {
		s := trace.Stack{Function: function, Role: trace.Client, Context: trace.NetRX}
		for _, name := range append([]string{function}, through...) {
			s.Frames = append(s.Frames, trace.Frame{Name: name, Kind: trace.Kernel})
		}
		return s
	}
	one := receive("recvfrom", 1000)
	for _, test := range []struct {
		name  string
		trace trace.Trace
		saw   string // beginning; "" for met
	}{
		{"each by its own call", trace.Trace{Syscalls: []trace.Syscall{one, one, one, one}}, ""},
		{"several by one call", trace.Trace{Syscalls: []trace.Syscall{receive("recvmmsg", 3), receive("recvmsg", 1000)}}, ""},
		{"waiting", trace.Trace{Syscalls: []trace.Syscall{one}}, "the program did not read them all"},
		{"dropped, 6.1", trace.Trace{Stacks: []trace.Stack{drop("kfree_skb_reason", "udp_queue_rcv_one_skb")}}, "the program was too slow"},
		{"dropped, 6.12, IPv6", trace.Trace{Stacks: []trace.Stack{drop("sk_skb_reason_drop", "udpv6_queue_rcv_one_skb")}}, "the program was too slow"},
		{"dropped, tracepoint", trace.Trace{Stacks: []trace.Stack{drop("skb:kfree_skb", "udp_queue_rcv_one_skb")}}, "the program was too slow"},
		{"something else was dropped", trace.Trace{Stacks: []trace.Stack{drop("kfree_skb_reason", "inet_sock_destruct")}}, "the program did not read them all"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.trace.Packets = came
			f := floodReceived(Evidence{&test.trace, trace.Server})
			if f.Met != (test.saw == "") || !strings.HasPrefix(f.Saw, test.saw) {
				t.Errorf("got %t, %s", f.Met, f.Saw)
			}
		})
	}
}
