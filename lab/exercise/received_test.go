package exercise

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// TestReceived: which datagram each receive took, and how much of it the program got.
func TestReceived(t *testing.T) {
	t.Parallel()
	const own = "10.0.0.1:4000"
	comes := func(h *handmade, from string) *handmade { return h.packet(trace.In, from, own) } // 9 bytes
	last := func(h *handmade) *trace.Syscall { return &h.Syscalls[len(h.Syscalls)-1] }
	for _, test := range []struct {
		name string
		made func(*handmade)
		want []string
	}{
		{"in the order in which they came", func(h *handmade) {
			comes(comes(h, "10.0.0.2:1"), "10.0.0.2:2").call(3, "read(9 bytes)", 9).call(3, "read(9 bytes)", 9)
		}, []string{"10.0.0.2:1 9 whole", "10.0.0.2:2 9 whole"}},
		{"by whom the call says", func(h *handmade) {
			comes(comes(h, "10.0.0.2:1"), "10.0.0.2:2").call(3, "recvfrom(9 bytes, 10.0.0.2:2)", 9).call(3, "read(9 bytes)", 9)
		}, []string{"10.0.0.2:2 9 whole", "10.0.0.2:1 9 whole"}},
		{"a short one", func(h *handmade) { comes(h, "10.0.0.2:1").call(3, "read(4 bytes)", 4) }, []string{"10.0.0.2:1 4"}},
		{"a short one that says how long it was", func(h *handmade) {
			comes(h, "10.0.0.2:1").call(3, "recvfrom(4 bytes)", 9)
			last(h).Flags = kernel.MsgTrunc
		}, []string{"10.0.0.2:1 4"}},
		{"a look takes nothing", func(h *handmade) {
			comes(h, "10.0.0.2:1").call(3, "recvfrom(9 bytes)", 9)
			last(h).Flags = kernel.MsgPeek
			h.call(3, "read(9 bytes)", 9)
		}, []string{"10.0.0.2:1 9 whole", "10.0.0.2:1 9 whole"}},
		{"a batch", func(h *handmade) {
			comes(comes(h, "10.0.0.2:1"), "10.0.0.2:2").call(3, "recvmmsg()", 2)
			last(h).Each = []trace.Message{{Length: 9}, {Length: 5}}
		}, []string{"10.0.0.2:1 9 whole", "10.0.0.2:2 5"}},
		{"a socket with a peer takes nothing from others", func(h *handmade) {
			h.call(3, "connect(10.0.0.2:2)", 0)
			comes(comes(h, "10.0.0.2:1"), "10.0.0.2:2").call(3, "read(9 bytes)", 9)
		}, []string{"10.0.0.2:2 9 whole"}},
		{"nothing that was seen to come", func(h *handmade) { h.call(3, "read(9 bytes)", 9) }, []string{"invalid AddrPort 9"}},
		{"in vain", func(h *handmade) { comes(h, "10.0.0.2:1").call(3, "read(9 bytes)", -1, "EAGAIN") }, nil},
		{"from the queue of errors", func(h *handmade) {
			comes(h, "10.0.0.2:1").call(3, "recvmsg()", 9)
			last(h).Flags = kernel.MsgErrQueue
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3).call(3, "bind("+own+")", 0)
			test.made(h)
			var got []string
			e := h.evidence()
			for _, r := range e.received(e.sockets()[0]) {
				text := fmt.Sprint(r.from, " ", r.length)
				if r.whole {
					text += " whole"
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNothingHidden: what left by no call that was seen proves nothing.
func TestNothingHidden(t *testing.T) {
	t.Parallel()
	h := new(handmade).socket(3).sends(3)
	for i := range h.Syscalls {
		h.Syscalls[i].Socket = 4711
	}
	h.Packets[0].Socket = 4711
	if f := nothingHidden.check(h.evidence()); !f.Met {
		t.Errorf("all was seen, and yet: %v", f)
	}
	h.packet(trace.Out, "10.0.0.1:4000", "10.0.0.2:1337").Packets[1].Socket = 4711
	if f := nothingHidden.check(h.evidence()); !f.Unproved || f.Saw != "1 datagram left by no call that the lab saw" {
		t.Errorf("one was not seen, and yet: %v", f)
	}
	h.call(-1, "io_uring_enter()", 1)
	if f := nothingHidden.check(h.evidence()); !f.Unproved || f.Saw != "io_uring_enter(2) went well, and what is done by it, nobody sees" {
		t.Errorf("the kernel was asked to do it by itself, and yet: %v", f)
	}
}
