package exercise

import (
	"encoding/binary"
	"testing"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

const (
	ours, serverAddr, strangerAddr = "10.0.0.1:4000", "10.0.0.2:1337", "10.0.0.2:5000"
)

// refuse adds an ICMP message, port unreachable, about the last packet that came.
func (h *handmade) refuse() *handmade {
	came := h.Packets[len(h.Packets)-1]
	data := make([]byte, 56)
	data[0], data[9], data[20], data[21], data[28] = 0x45, 1, 3, 3, 0x45
	from, to := came.Source.Addr().As4(), came.Dest.Addr().As4()
	copy(data[40:], from[:])
	copy(data[44:], to[:])
	binary.BigEndian.PutUint16(data[48:], came.Source.Port())
	binary.BigEndian.PutUint16(data[50:], came.Dest.Port())
	h.packet("out", "10.0.0.1:0", "10.0.0.2:0")
	p := &h.Packets[len(h.Packets)-1]
	p.Protocol, p.Data, p.Length = trace.ICMP, data, len(data)
	return h
}

// filter adds a filter on the socket, and a stack on which the kernel drops what comes for it.
func (h *handmade) filter(drops uint64) *handmade {
	h.call(3, "setsockopt(SO_ATTACH_FILTER)", 0)
	h.Syscalls[len(h.Syscalls)-1].Option.Option = kernel.AttachFilter
	h.Stacks = append(h.Stacks, trace.Stack{Function: "skb:kfree_skb", Count: drops, Frames: []trace.Frame{{Name: "udp_queue_rcv_one_skb", Kind: trace.Kernel}}})
	return h
}

func TestStrangerKeptOut(t *testing.T) {
	t.Parallel()
	const (
		first  = "recvfrom(2) returned it, 9 bytes: it was the first to come, and the socket takes what anybody sends"
		lies   = "it is in the socket's queue: that nobody has read it there does not keep it out"
		before = "it was in the socket's queue already when connect(2) was called"
	)
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"refused", func(h *handmade) { h.packet("in", strangerAddr, ours).refuse() }, "met"},
		{"refused once, and then taken", func(h *handmade) {
			h.packet("in", strangerAddr, ours).refuse().packet("in", strangerAddr, ours)
		}, lies},
		{"another was refused", func(h *handmade) {
			h.packet("in", "10.0.0.2:6000", ours).refuse().packet("in", strangerAddr, ours)
		}, lies},
		{"read", func(h *handmade) {
			h.packet("in", strangerAddr, ours).call(3, "recvfrom(99 bytes, 10.0.0.2:5000)", 9)
		}, first},
		{"connected too late", func(h *handmade) {
			h.packet("in", strangerAddr, ours).call(3, "connect(10.0.0.2:1337)", 0)
		}, before},
		{"filtered", func(h *handmade) { h.filter(1).packet("in", strangerAddr, ours) }, "met"},
		{"filtered, but not all", func(h *handmade) {
			h.filter(1).packet("in", strangerAddr, ours).packet("in", strangerAddr, ours)
		}, lies},
		{"a filter that takes all", func(h *handmade) { h.filter(0).packet("in", strangerAddr, ours) }, lies},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3).call(3, "sendto(9 bytes, 10.0.0.2:1337)", 9).call(3, "getsockname(10.0.0.1:4000)", 0)
			test.made(h)
			if got := says(strangerKeptOut(h.evidence())); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
