package exercise

import (
	"testing"

	"dialpath/lab/trace"
)

func TestHearsRefusal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"told", func(h *handmade) { h.call(3, connecting, 0).call(3, "read(9 bytes)", -1, "ECONNREFUSED") }, "met"},
		{"has not asked", func(h *handmade) { h.call(3, connecting, 0) },
			"the error lay ready on the socket, and after it no call was made that would have fetched it"},
		{"has not asked, and may", func(h *handmade) { h.call(3, "setsockopt(level 0, option 11)", 0) },
			"the error lay ready on the socket, and after it no call was made that would have fetched it"},
		{"unconnected", func(h *handmade) {},
			"the message came, and was dropped: the socket that had sent is not connected, so the kernel reports to nobody"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3)
			test.made(h)
			if got := says(hearsRefusal(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestPortUnreachable(t *testing.T) {
	t.Parallel()
	icmp := func(words int, kind, code byte) []byte {
		data := make([]byte, words*4+8)
		data[0] = 0x40 | byte(words)
		data[words*4], data[words*4+1] = kind, code
		return data
	}
	for _, test := range []struct {
		name string
		data []byte
		want bool
	}{
		{"port unreachable", icmp(5, 3, 3), true},
		{"with options in the header", icmp(6, 3, 3), true},
		{"host unreachable", icmp(5, 3, 1), false},
		{"echo reply", icmp(5, 0, 0), false},
		{"nothing kept", nil, false},
		{"cut", icmp(5, 3, 3)[:21], false},
		{"a header of no length", []byte{0x40, 3, 3}, false},
	} {
		if got := portUnreachable(trace.Packet{Protocol: trace.ICMP, Data: test.data}); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
