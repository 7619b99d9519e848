package exercise

import (
	"strings"
	"testing"
)

const connecting = "connect(10.0.0.2:1337)"

func TestDialed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"nothing", func(h *handmade) {}, ""},
		{"both ways", func(h *handmade) {
			h.socket(3).call(3, connecting, 0).stack(1, "net.Dial").call(3, "close()", 0)
			h.socket(3).call(3, connecting, 0).stack(1, "net.DialUDP")
		}, `net.Dial("udp"), net.DialUDP`},
		{"of 1.26's Dialer", func(h *handmade) {
			h.socket(3).call(3, connecting, 0).stack(1, "net.(*Dialer).DialContext")
			h.socket(4).call(4, connecting, 0).stack(1, "net.(*Dialer).DialUDP")
		}, `net.Dial("udp"), net.DialUDP`},
		{"in a loop: one stack, which has one time", func(h *handmade) {
			h.socket(3).call(3, connecting, 0).stack(2, "net.Dial")
			h.socket(4).call(4, connecting, 0)
		}, `net.Dial("udp"), net.Dial("udp")`},
		{"in a loop over both", func(h *handmade) {
			h.socket(3).call(3, connecting, 0).stack(2, "net.Dial")
			h.socket(4).call(4, connecting, 0).stack(2, "net.DialUDP")
			h.socket(5).call(5, connecting, 0)
		}, `net.Dial("udp"), net.DialUDP, another way over UDP`},
		{"by system calls of its own", func(h *handmade) {
			h.socket(3).call(3, connecting, 0).stack(1, "syscall.Connect")
		}, "another way over UDP"},
		{"elsewhere, in vain, and by the runtime", func(h *handmade) {
			h.socket(3).call(3, "connect(10.0.0.2:53)", 0).stack(1, "net.Dial")
			h.socket(4).call(4, connecting, -1, "ENETUNREACH")
			h.socket(5).call(5, "bind(127.0.0.1:0)", 0)
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade)
			test.made(h)
			var got []string
			for _, d := range h.evidence().dialed() {
				got = append(got, d.String())
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
