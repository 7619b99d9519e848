package exercise

import (
	"testing"
	"time"
)

// TestBatchSends: two calls of sendmmsg(2) are right if the first took fewer than it was
// offered, which this kernel never does by itself.
func TestBatchSends(t *testing.T) {
	t.Parallel()
	type batch struct{ offered, taken int }
	for _, test := range []struct {
		name    string
		batches []batch
		want    string
	}{
		{"at once", []batch{{32, 32}}, "met"},
		{"in parts", []batch{{32, 20}, {12, 12}}, "met"},
		{"by choice", []batch{{16, 16}, {16, 16}}, "2 calls of sendmmsg(2) sent them, and call 1 was offered 16 of the 32 that were left"},
		{"a part of the rest", []batch{{32, 20}, {6, 6}}, "2 calls of sendmmsg(2) sent them, and call 2 was offered 6 of the 12 that were left"},
		{"in three parts", []batch{{32, 20}, {12, 6}, {6, 6}}, "3 calls of sendmmsg(2) sent them"},
		{"none was seen", nil, "they left by no call that the lab saw"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3)
			for _, b := range test.batches {
				h.call(3, "sendmmsg()", int64(b.taken))
				h.Syscalls[len(h.Syscalls)-1].Messages = b.offered
				for range b.taken {
					h.packet("out", "10.0.0.1:4000", "10.0.0.2:1337")
					h.Packets[len(h.Packets)-1].Time = h.Syscalls[len(h.Syscalls)-1].Time + int64(time.Microsecond)
				}
			}
			e := h.evidence()
			e.Trace = numbered(e.Trace)
			if got := says(batchSends(e)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestOfReadings(t *testing.T) {
	t.Parallel()
	carrying := func(words ...string) Evidence {
		h := new(handmade)
		for _, text := range words {
			h.packet("out", "10.0.0.1:4000", "10.0.0.2:1337")
			p := &h.Packets[len(h.Packets)-1]
			p.Data = append(udp(0, 0).Data, text...)
			p.Length = len(p.Data)
		}
		return h.evidence()
	}
	unseen := carrying("reading 1")
	unseen.Packets[0].Data = unseen.Packets[0].Data[:28]
	for want, e := range map[string]Evidence{
		"met": carrying("reading 1", "reading 2"),
		`datagram 2 carried "reading 1", and reading 2 is "reading 2"`:                  carrying("reading 1", "reading 1"),
		"what is in datagram 1 was not copied when it left, so the lab has not seen it": unseen,
	} {
		if got := says(ofReadings(e)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
