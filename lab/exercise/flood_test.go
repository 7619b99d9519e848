package exercise

import (
	"net/netip"
	"strings"
	"testing"

	"dialpath/lab/kernel"
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
	server, sender := netip.MustParseAddrPort("10.0.0.2:1337"), netip.MustParseAddrPort("10.0.0.1:4000")
	bound := trace.Syscall{Role: trace.Server, Name: "bind", FD: 3, Address: server, Socket: 7}
	flooded := func(c trace.Syscall, calls int) trace.Trace {
		tr := trace.Trace{Syscalls: []trace.Syscall{bound}}
		for i := range floodCount {
			tr.Packets = append(tr.Packets, trace.Packet{
				Time: int64(i + 1), Direction: "in", Role: trace.Server, Protocol: "UDP", Source: sender, Dest: server, Length: 28 + floodSize,
			})
		}
		for i := range calls {
			c.Time, c.Role, c.FD, c.Socket = int64(1000+i), trace.Server, 3, 7
			tr.Syscalls = append(tr.Syscalls, c)
		}
		return tr
	}
	drop := func(function string, through ...string) trace.Trace {
		tr := flooded(trace.Syscall{}, 0)
		s := trace.Stack{Function: function, Role: trace.Client, Context: trace.NetRX}
		for _, name := range append([]string{function}, through...) {
			s.Frames = append(s.Frames, trace.Frame{Name: name, Kind: trace.Kernel})
		}
		tr.Stacks = []trace.Stack{s}
		return tr
	}
	one := trace.Syscall{Name: "recvfrom", Size: 2048, Return: floodSize}
	short, peek, whole := one, one, one
	short.Size, peek.Flags = 10, kernel.MsgPeek
	short.Flags = kernel.MsgTrunc // which has the call return the datagram's length
	several := trace.Syscall{Name: "recvmmsg", Size: 2048, Return: 2, Each: []trace.Message{{Length: floodSize}, {Length: floodSize}}}
	several.Messages = 2
	for _, test := range []struct {
		name  string
		trace trace.Trace
		saw   string // beginning; "" for met
	}{
		{"each by its own call", flooded(whole, floodCount), ""},
		{"several by one call", flooded(several, floodCount/2), ""},
		{"one was left", flooded(whole, floodCount-1), "the program did not read them all"},
		{"waiting", flooded(whole, 1), "the program did not read them all"},
		{"short, and the whole length returned", flooded(short, floodCount), "recvfrom(2) had room for 10 of a datagram's 1000 bytes"},
		{"looked at", flooded(peek, floodCount), "some were only looked at (MSG_PEEK)"},
		{"dropped, 6.1", drop("kfree_skb_reason", "udp_queue_rcv_one_skb"), "the program was too slow"},
		{"dropped, 6.12, IPv6", drop("sk_skb_reason_drop", "udpv6_queue_rcv_one_skb"), "the program was too slow"},
		{"dropped, tracepoint", drop("skb:kfree_skb", "udp_queue_rcv_one_skb"), "the program was too slow"},
		{"something else was dropped", drop("kfree_skb_reason", "inet_sock_destruct"), "the program did not read them all"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := floodReceived(Evidence{&test.trace, trace.Server})
			if f.Met != (test.saw == "") || !strings.HasPrefix(f.Saw, test.saw) {
				t.Errorf("got %t, %s", f.Met, f.Saw)
			}
		})
	}
}
