package exercise

import (
	"testing"
	"time"
)

func TestGivesUp(t *testing.T) {
	t.Parallel()
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
			h.Syscalls[0].NonBlocking = false
			h.call(3, never, -1, "EAGAIN").Syscalls[2].Duration = awhile
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
		{"a deadline of almost two seconds", func(h *handmade) {
			sleep(h.call(3, never, -1, "EAGAIN"), 19*patience/20, 19*patience/20).call(3, closed, 0)
		}, "the socket was closed, but the program had meant to wait for more than a second", "met"},
		{"a copy stays open", func(h *handmade) {
			sleep(h.call(3, "dup()", 7).call(3, never, -1, "EAGAIN"), awhile, awhile).call(3, closed, 0)
		}, "the socket was closed on one descriptor, and not let go of: a copy stayed open, or a call still waited on it", "met"},
		{"both copies are closed", func(h *handmade) {
			sleep(h.call(3, "dup()", 7).call(7, never, -1, "EAGAIN"), awhile, awhile).call(3, closed, 0).call(7, closed, 0)
		}, "met", "met"},
		{"a thread waits on", func(h *handmade) {
			sleep(h.call(3, never, -1), awhile, awhile).call(3, closed, 0)
			h.Syscalls[2].Unfinished = true
		}, "when the program ended, a read(2) was still waiting: nobody had given up", "met"},
		{"by ioctl", func(h *handmade) {
			sleep(h.call(3, never, -1, "EAGAIN"), awhile, awhile)
			for range 3 {
				h.call(3, "ioctl()", 0).Syscalls[len(h.Syscalls)-1].Argument = inQueue
			}
			h.call(3, closed, 0)
		}, "met", "ioctl(2) was called more than 3 times: instead of waiting on, the program asked again"},
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
			h := new(handmade).call(-1, "socket(AF_INET, SOCK_DGRAM|SOCK_NONBLOCK)", 3).sends(3)
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
