package exercise

import (
	"slices"
	"strings"
	"time"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var notForEver = Exercise{
	Number: 7, Name: "not-for-ever", Theme: themeReading, Peer: "silent",
	Stacks: []string{kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "reads", Text: "How many times is the kernel asked for the answer: by read(2), recvfrom(2) or another call, on the socket?",
		Why:   "A Read asks once: EAGAIN, there is nothing. From then on Go's runtime waits for the poller, and a deadline ends the wait without asking again. Only the next Read asks anew.",
		count: func(e Evidence) int { return len(e.asks(e.asker())) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the program asks the kernel whether an answer has come to that socket", triesToRead},
		{"after a second or sooner it gives up, and closes the socket", givesUp},
		{"meanwhile it waits, for 50 ms at least, and asks three times at most", waits},
	},
}

const (
	patience = 2 * time.Second                   // a second is asked for, and what the machine adds does not count
	atMost   = time.Second + 50*time.Millisecond // what a program may mean by a second
	awhile   = 50 * time.Millisecond             // what counts as a wait
	forgiven = awhile / 2                        // of it: a deadline is set before the read, which may begin later
	longTime = 10 * awhile                       // no machine is that long about nothing
	enough   = 3                                 // times to ask
)

// inQueue is the request of ioctl(2) for how many bytes could be read: FIONREAD.
const inQueue = 0x541b

// asks are the calls by which the program asks whether something has come to a socket, whether
// they wait for it or not, and whether they have returned or not. What Go's runtime asks its
// own poller, which is the first that is made, is not among them.
func (e Evidence) asks(s socket) []trace.Syscall {
	type watcher struct{ pid, fd int }
	runtimes, watching := make(map[int]int), make(map[watcher]bool)
	var asks []trace.Syscall
	for _, c := range e.Syscalls {
		if c.Role != e.you {
			continue
		}
		mine := c.Socket == s.number
		switch {
		case c.Name == "epoll_create1":
			if _, made := runtimes[c.PID]; !made {
				runtimes[c.PID] = int(c.Return)
			}
		case c.Name == "epoll_ctl":
			watching[watcher{c.PID, c.Epoll}] = watching[watcher{c.PID, c.Epoll}] || mine
		case mine && isReceiving(c), mine && c.Name == "ioctl" && c.Argument == inQueue, mine && polls(c):
			asks = append(asks, c)
		case isEpollWait(c) && watching[watcher{c.PID, c.FD}]:
			if first, known := runtimes[c.PID]; c.Name != "epoll_pwait" || known && c.FD != first {
				asks = append(asks, c)
			}
		}
	}
	return asks
}

func isEpollWait(c trace.Syscall) bool { return strings.HasPrefix(c.Name, "epoll_") && polls(c) }

// polls tells whether a call asks if something is there, and can wait for it.
func polls(c trace.Syscall) bool { return kernel.IsSyscall(c.Name, kernel.Polls) }

func triesToRead(e Evidence) Finding {
	if tries := e.asks(e.asker()); len(tries) > 0 {
		return met("%s(2) was called", tries[0].Name).calls(tries[0])
	}
	return unmet("no read(2) and no recvfrom(2) was called on the socket")
}

// A wait is the time between a socket's first try to read and its end.
type wait struct {
	whole time.Duration
	asked time.Duration // of it, what the program had asked the kernel to let it sleep, by time-outs
	meant time.Duration // the same, and what it slept in calls that block
	late  time.Duration // and what it slept longer than a time-out, since the machine was busy
}

// waited returns what a socket's program did between a first try to read and the close.
// Go's runtime sleeps in epoll_pwait(2), until the next deadline. Others may sleep in a call
// of their own, or in the try itself.
func (e Evidence) waited(s socket, first, closed trace.Syscall) wait {
	w := wait{whole: time.Duration(closed.Time - first.Time)}
	within := func(from, to int64) time.Duration {
		return time.Duration(max(0, min(to, closed.Time)-max(from, first.Time)))
	}
	for _, c := range e.Syscalls {
		if c.Role != e.you || !polls(c) {
			continue
		}
		woken := c.Time + int64(c.Duration)
		if c.Duration == 0 || c.Unfinished { // it had not returned when the recording ended
			woken = closed.Time
		}
		due := min(woken, c.Time+int64(c.Timeout))
		w.asked += within(c.Time, due)
		w.late += within(due, woken)
	}
	w.meant = w.asked
	if !s.calls[0].NonBlocking || len(s.named("fcntl")) > 0 {
		for _, c := range s.named(receiving...) {
			w.meant += within(c.Time, ended(c))
		}
	}
	return w
}

// short tells whether that is no wait. A machine may be long about everything, so it is what
// the program has meant that counts; if that is not known, it was something else that the
// program slept in, and the time that has passed must do.
func (w wait) short() bool { return w.meant < awhile-forgiven && w.whole < longTime }

// givesUp: the wait for an answer ends with the socket, which is with its last copy. That the
// program ends is not enough: it could have ended in the midst of a read that waits for ever.
func givesUp(e Evidence) Finding {
	s := e.asker()
	tries := e.asks(s)
	if len(tries) == 0 {
		return triesToRead(e)
	}
	first := tries[0]
	if i := slices.IndexFunc(tries, func(c trace.Syscall) bool { return c.Unfinished }); i >= 0 && !e.Target.TimedOut {
		return unmet("when the program ended, a %s(2) was still waiting: nobody had given up", tries[i].Name).calls(tries[i])
	}
	closed, ok := s.closed()
	switch {
	case !ok && e.Target.TimedOut:
		f := unmet("%s(2) said there was nothing, and the program waited on until the lab ended it", first.Name)
		return f.calls(tries...).by(e.during(first, udpReceive...))
	case !ok && s.has("close"):
		return unmet("the socket was closed on one descriptor, and not let go of: a copy stayed open, or a call still waited on it").calls(s.named("close")...)
	case !ok:
		return unmet("the program ended with the socket open, so nothing shows that it had given up reading. " +
			"os.Exit, and log.Fatal with it, run no deferred calls").calls(tries...)
	}
	switch w := e.waited(s, first, closed); {
	case w.whole-w.late > patience:
		return unmet("the socket was closed, but more than two seconds after the first %s(2)", first.Name).calls(first, closed)
	case w.asked > atMost:
		return unmet("the socket was closed, but the program had meant to wait for more than a second").calls(first, closed)
	}
	return met("the socket was closed in time")
}

// waits: between the first try to read and the close there is time for an answer, and it is
// not spent on trying.
func waits(e Evidence) Finding {
	s := e.asker()
	tries := e.asks(s)
	if len(tries) > enough {
		return unmet("%s(2) was called more than %d times: instead of waiting on, the program asked again", mostly(tries), enough).
			calls(tries...)
	}
	if closed, ok := s.closed(); ok && len(tries) > 0 && e.waited(s, tries[0], closed).short() {
		return unmet("after the first %s(2) the program did not wait for %d ms before it closed the socket", tries[0].Name, awhile.Milliseconds()).
			calls(append(slices.Clone(tries), closed)...)
	}
	return met("the kernel was asked %s", times(len(tries)))
}

// mostly returns the name of the call that was made most often, of several the first.
func mostly(calls []trace.Syscall) string {
	count, most := make(map[string]int), ""
	for _, c := range calls {
		count[c.Name]++
	}
	for _, c := range calls {
		if most == "" || count[c.Name] > count[most] {
			most = c.Name
		}
	}
	return most
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return plural(n, "time")
}
