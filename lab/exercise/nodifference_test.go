package exercise

import (
	"fmt"
	"testing"
)

func TestAlike(t *testing.T) {
	t.Parallel()
	dial := func(h *handmade, fd int, function string) *handmade {
		h.socket(fd).call(fd, connecting, 0).stack(1, function)
		return h.call(fd, "epoll_ctl()", 0).call(fd, fmt.Sprintf("getsockname(10.0.0.1:%d)", 4000+fd), 0)
	}
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"only one", func(h *handmade) { dial(h, 3, "net.Dial") }, "connect(2) on a UDP socket was reached through net.Dial only"},
		{"none", func(h *handmade) {}, "connect(2) on a UDP socket was reached through neither"},
		{"alike, but for who read too soon", func(h *handmade) {
			dial(h, 3, "net.Dial").call(3, "write(9 bytes)", 9).call(3, "read(10 bytes)", -1, "EAGAIN").call(3, "read(10 bytes)", 9)
			dial(h, 4, "net.DialUDP").call(4, "write(9 bytes)", 9).call(4, "read(10 bytes)", 9)
		}, "met"},
		{"other bytes", func(h *handmade) {
			dial(h, 3, "net.Dial").call(3, "write(9 bytes)", 9)
			dial(h, 4, "net.DialUDP").call(4, "write(8 bytes)", 8)
		}, "they are alike up to getsockname(2); then comes, for net.Dial's, write(9 bytes) = 9, and for net.DialUDP's write(8 bytes) = 8"},
		{"another outcome", func(h *handmade) {
			dial(h, 3, "net.Dial").call(3, "read(9 bytes)", 9)
			dial(h, 4, "net.DialUDP").call(4, "read(9 bytes)", -1, "ECONNREFUSED")
		}, "they are alike up to getsockname(2); then comes, for net.Dial's, read(9 bytes) = 9, and for net.DialUDP's read(9 bytes) = -1 ECONNREFUSED"},
		{"one goes on", func(h *handmade) {
			dial(h, 3, "net.Dial")
			dial(h, 4, "net.DialUDP").call(4, "close()", 0)
		}, "they are alike up to getsockname(2); then comes, for net.Dial's, nothing, and for net.DialUDP's close() = 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade)
			test.made(h)
			if got := says(alike(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestGuilty: the stack that is shown has the line of the learner's that makes the
// difference.
func TestGuilty(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		dial, dialUDP []string // the calls on its socket
		want          string
	}{
		{"DialUDP's has an address of its own", []string{connecting}, []string{"bind(10.0.0.1:0)", connecting}, "net.DialUDP"},
		{"Dial's has one", []string{"bind(10.0.0.1:0)", connecting}, []string{connecting}, "net.Dial"},
		{"DialUDP's is left open", []string{connecting, "close()"}, []string{connecting}, "net.DialUDP"},
		{"Dial's is left open", []string{connecting}, []string{connecting, "close()"}, "net.Dial"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade)
			for fd, calls := range [][]string{test.dial, test.dialUDP} {
				h.socket(fd)
				for _, c := range calls {
					h.call(fd, c, 0)
					if c == connecting {
						h.stack(1, []string{"net.Dial", "net.DialUDP"}[fd])
					}
				}
			}
			f := alike(h.evidence())
			if f.Met || f.Proof.Stack == nil || f.Proof.Stack.Frames[1].Name != test.want {
				t.Errorf("%v, by %+v, want %s", f, f.Proof.Stack, test.want)
			}
		})
	}
}
