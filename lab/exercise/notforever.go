package exercise

import (
	"time"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var notForEver = Exercise{
	Number: 7, Name: "not-for-ever", Theme: themeReading, Peer: "silent",
	Stacks: []string{kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "reads", Text: "How many times is the kernel asked for the answer: read(2), or recvfrom(2), on the socket?",
		Why:   "A Read asks once: EAGAIN, there is nothing. From then on Go's runtime waits for the poller, and a deadline ends the wait without asking again. Only the next Read asks anew.",
		count: func(e Evidence) int { return len(e.calls(receiving...)) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the program tries to read an answer", triesToRead},
		{"within two seconds it gives up, and closes the socket", givesUp},
		{"meanwhile it waits, for 50 ms at least, and asks three times at most", waits},
	},
}

func triesToRead(e Evidence) Finding {
	if tries := e.calls(receiving...); len(tries) > 0 {
		return met("%s(2) was called", tries[0].Name).calls(tries[0])
	}
	return unmet("no read(2) and no recvfrom(2) was called on the socket")
}

const (
	patience = 2 * time.Second       // a second is asked for: not to be strict, and what the machine adds does not count
	awhile   = 50 * time.Millisecond // what counts as a wait
	forgiven = awhile / 2            // of it: a deadline is set before the read, which may begin later
	longTime = 10 * awhile           // no machine is that long about nothing
	enough   = 3                     // tries to read
)

// A wait is the time between a socket's first try to read and its end.
type wait struct {
	whole time.Duration
	meant time.Duration // of it, what the program had asked the kernel to let it sleep
	late  time.Duration // and what it slept longer, since the machine was busy
}

// waited returns what a socket's program did between a first try to read and the close.
// Go's runtime sleeps in epoll_pwait(2), until the next deadline. Others may sleep in the
// try itself.
func (e Evidence) waited(s socket, first, closed trace.Syscall) wait {
	w := wait{whole: time.Duration(closed.Time - first.Time)}
	within := func(from, to int64) time.Duration {
		return time.Duration(max(0, min(to, closed.Time)-max(from, first.Time)))
	}
	for _, c := range e.Syscalls {
		if c.Role != e.you || c.Name != "epoll_pwait" {
			continue
		}
		woken := c.Time + int64(c.Duration)
		if c.Duration == 0 { // it had not returned when the recording ended
			woken = closed.Time
		}
		due := min(woken, c.Time+int64(c.Timeout))
		w.meant += within(c.Time, due)
		w.late += within(due, woken)
	}
	if !s.calls[0].NonBlocking {
		for _, c := range s.named(receiving...) {
			w.meant += within(c.Time, c.Time+int64(c.Duration))
		}
	}
	return w
}

// short tells whether that is no wait. A machine may be long about everything, so it is what
// the program has meant that counts; if that is not known, it was something else that the
// program slept in, and the time that has passed must do.
func (w wait) short() bool { return w.meant < awhile-forgiven && w.whole < longTime }

// givesUp: the wait for an answer ends with the socket. That the program ends is not
// enough: it could have ended in the midst of a read that waits for ever.
func givesUp(e Evidence) Finding {
	for _, s := range e.sockets() {
		tries := s.named(receiving...)
		if len(tries) == 0 {
			continue
		}
		closed := s.named("close")
		switch {
		case len(closed) == 0 && e.Target.TimedOut:
			f := unmet("%s(2) said there was nothing, and the program waited on until the lab ended it", tries[0].Name)
			return f.calls(tries...).by(e.during(tries[0], udpReceive...))
		case len(closed) == 0:
			return unmet("the program ended with the socket open, so nothing shows that it had given up reading. " +
				"os.Exit, and log.Fatal with it, run no deferred calls").calls(tries...)
		}
		if w := e.waited(s, tries[0], closed[0]); w.whole-w.late > patience {
			return unmet("the socket was closed, but more than two seconds after the first %s(2)", tries[0].Name).
				calls(tries[0], closed[0])
		}
	}
	return met("the socket was closed in time")
}

// waits: between the first try to read and the close there is time for an answer, and it is
// not spent on trying.
func waits(e Evidence) Finding {
	tries := e.calls(receiving...)
	if len(tries) > enough {
		return unmet("%s(2) was called more than %d times: instead of waiting on, the program asked again", tries[0].Name, enough).
			calls(tries...)
	}
	for _, s := range e.sockets() {
		tries, closed := s.named(receiving...), s.named("close")
		if len(tries) > 0 && len(closed) > 0 && e.waited(s, tries[0], closed[0]).short() {
			return unmet("after the first %s(2) the program did not wait for %d ms before it closed the socket", tries[0].Name, awhile.Milliseconds()).
				calls(append(tries, closed[0])...)
		}
	}
	return met("the kernel was asked %s", times(len(tries)))
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return plural(n, "time")
}
