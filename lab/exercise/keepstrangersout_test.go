package exercise

import "testing"

func TestIntruded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		made func(*handmade)
		want bool
	}{
		{"the answer", func(h *handmade) { h.call(3, "recvfrom(99 bytes, 10.0.0.2:1337)", 17) }, false},
		{"the stranger's", func(h *handmade) { h.call(3, "recvfrom(99 bytes, 10.0.0.2:4000)", 38) }, true},
		{"the stranger's, cut", func(h *handmade) { h.call(3, "recvfrom(5 bytes, 10.0.0.2:4000)", 5) }, true},
		{"anybody's, as long as the answer", func(h *handmade) { h.call(3, "read(99 bytes)", 17) }, true},
		{"what a filter let in", func(h *handmade) { h.call(3, "setsockopt(SO_ATTACH_FILTER)", 0).call(3, "read(99 bytes)", 17) }, false},
		{"what came before the filter", func(h *handmade) { h.call(3, "read(99 bytes)", 17).call(3, "setsockopt(SO_ATTACH_FILTER)", 0) }, true},
		{"the stranger's, from nobody", func(h *handmade) { h.call(3, "recvmsg()", 38) }, true},
		{"something, cut", func(h *handmade) { h.call(3, "recvmsg()", 5) }, true},
		{"something, cut, of the peer's", func(h *handmade) { h.call(3, connecting, 0).call(3, "recvmsg()", 5) }, false},
		{"nothing yet", func(h *handmade) { h.call(3, "read(99 bytes)", -1, "EAGAIN") }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3)
			test.made(h)
			if _, got := h.evidence().intruded(); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
