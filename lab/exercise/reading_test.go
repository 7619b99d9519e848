package exercise

import (
	"testing"
	"time"

	"dialpath/lab/trace"
)

func TestGivesUp(t *testing.T) {
	const open = "the program ended with the socket open, so nothing shows that it had given up reading. " +
		"os.Exit, and log.Fatal with it, run no deferred calls"
	later := func(h *handmade, wait time.Duration) *handmade {
		h.now += int64(wait)
		return h
	}
	// The runtime's poller sleeps until a deadline, and is woken later than that.
	sleep := func(h *handmade, deadline, woken time.Duration) *handmade {
		h.call(4, "epoll_pwait()", 0)
		poll := &h.Syscalls[len(h.Syscalls)-1]
		poll.Timeout, poll.Duration = deadline, woken
		return later(h, woken)
	}
	const never, closed = "read(9 bytes)", "close()"
	const none = "after the first read(2) the program did not wait for 50 ms before it closed the socket"
	for _, test := range []struct {
		name  string
		made  func(*handmade)
		gives string
		waits string
	}{
		{"a deadline", func(h *handmade) {
			sleep(h.call(3, never, -1, "EAGAIN"), awhile, awhile).call(3, closed, 0)
		}, "met", "met"},
		{"three tries", func(h *handmade) {
			for range 3 {
				sleep(h.call(3, never, -1, "EAGAIN"), awhile/3, awhile/3)
			}
			h.call(3, closed, 0)
		}, "met", "met"},
		{"the read began late, on a busy machine", func(h *handmade) {
			sleep(h.call(3, never, -1, "EAGAIN"), awhile*2/3, awhile).call(3, closed, 0)
		}, "met", "met"},
		{"a deadline of a second, and a machine that has no time", func(h *handmade) {
			sleep(h.call(3, never, -1, "EAGAIN"), time.Second, time.Minute).call(3, closed, 0)
		}, "met", "met"},
		{"a deadline of a minute", func(h *handmade) {
			sleep(h.call(3, never, -1, "EAGAIN"), time.Minute, time.Minute).call(3, closed, 0)
		}, "the socket was closed, but more than two seconds after the first read(2)", "met"},
		{"the kernel's own wait", func(h *handmade) {
			h.Syscalls[0].Args = "AF_INET, SOCK_DGRAM" // it blocks
			h.call(3, never, -1, "EAGAIN").Syscalls[1].Duration = awhile
			later(h, awhile).call(3, closed, 0)
		}, "met", "met"},
		{"a wait that cannot be seen", func(h *handmade) {
			later(h.call(3, never, -1, "EAGAIN"), longTime).call(3, closed, 0)
		}, "met", "met"},
		{"no wait", func(h *handmade) {
			h.call(3, never, -1, "EAGAIN").call(3, closed, 0)
		}, "met", none},
		{"no wait, on a busy machine", func(h *handmade) {
			later(sleep(h.call(3, never, -1, "EAGAIN"), time.Millisecond, awhile), awhile).call(3, closed, 0)
		}, "met", none},
		{"never closed", func(h *handmade) { h.call(3, "read(9 bytes)", -1, "EAGAIN") }, open, "met"},
		{"never ended", func(h *handmade) {
			h.call(3, "read(9 bytes)", -1, "EAGAIN").Target.TimedOut = true
		}, "read(2) said there was nothing, and the program waited on until the lab ended it", "met"},
		{"too late", func(h *handmade) {
			later(h.call(3, "recvfrom(9 bytes)", -1, "EAGAIN"), patience).call(3, "close()", 0)
		}, "the socket was closed, but more than two seconds after the first recvfrom(2)", "met"},
		{"another socket is closed", func(h *handmade) {
			h.socket(4).call(3, "read(9 bytes)", -1, "EAGAIN").call(4, "close()", 0)
		}, open, "met"},
		{"by asking", func(h *handmade) {
			for range 4 {
				sleep(h.call(3, never, -1, "EAGAIN"), awhile, awhile)
			}
			h.call(3, closed, 0)
		}, "met", "read(2) was called more than 3 times: instead of waiting on, the program asked again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).call(-1, "socket(AF_INET, SOCK_DGRAM|SOCK_NONBLOCK)", 3)
			test.made(h)
			if got := says(givesUp(h.evidence())); got != test.gives {
				t.Errorf("gives up: %s\nwant: %s", got, test.gives)
			}
			if got := says(waits(h.evidence())); got != test.waits {
				t.Errorf("waits: %s\nwant: %s", got, test.waits)
			}
		})
	}
}

func TestIntruded(t *testing.T) {
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

func TestAnswersAsker(t *testing.T) {
	const server, asker = "10.0.0.2:1337", "10.0.0.1:4000"
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"answered", func(h *handmade) { h.packet("out", server, asker) }, "met"},
		{"another first", func(h *handmade) { h.packet("out", server, "10.0.0.1:1337").packet("out", server, asker) }, "met"},
		{"another port", func(h *handmade) { h.packet("out", server, "10.0.0.1:1337") }, "1 datagram left, and none for the port that the question had come from"},
		{"another socket", func(h *handmade) { h.packet("out", "10.0.0.2:5000", asker) },
			"an answer left for the asker from another port, that of another socket: the asker's socket is connected to port 1337 and takes nothing else"},
		{"nobody named", func(h *handmade) { h.call(3, "write(9 bytes)", -1, "EDESTADDRREQ") },
			"write(2) said EDESTADDRREQ: it named no destination, and the socket has no peer"},
		{"its port again", func(h *handmade) { h.socket(4).call(4, "bind(10.0.0.2:1337)", -1, "EADDRINUSE") },
			"no datagram left: bind(2) said EADDRINUSE"},
		{"what the runtime tries out", func(h *handmade) {
			h.call(-1, "socket(AF_INET6, SOCK_STREAM)", 4).call(4, "bind([::1]:0)", -1, "EADDRNOTAVAIL")
		}, "no datagram left, and no system call tried to send one"},
		{"silent", func(h *handmade) {}, "no datagram left, and no system call tried to send one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3).packet("in", asker, server)
			test.made(h)
			if got := says(answersAsker(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestRepeatsQuestion(t *testing.T) {
	const server, asker = "10.0.0.2:1337", "10.0.0.1:4000"
	for _, test := range []struct{ name, answer, want string }{
		{"the same", "who are you?", "met"},
		{"other words", "I am a hero.", "the answer had 12 bytes, as the question, but not the same"},
		{"fewer", "who?", "the question had 12 bytes, and the answer 4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).packet("in", asker, server).packet("out", server, asker)
			for i, text := range []string{"who are you?", test.answer} {
				h.Packets[i].Data = append([]byte{28: 0}[:28], text...)
				h.Packets[i].Data[0] = 0x45
				h.Packets[i].Length = len(h.Packets[i].Data)
			}
			if got := says(repeatsQuestion(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestHearsRefusal(t *testing.T) {
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
		if got := portUnreachable(trace.Packet{Data: test.data}); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
