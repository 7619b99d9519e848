package exercise

import (
	"time"

	"dialpath/lab/trace"
)

// asksServer: a datagram leaves for the server.
func asksServer(e Evidence) Finding {
	for _, p := range e.left() {
		if p.Protocol == "UDP" && port(p.Dest) == serverPort {
			return met("%s left for %s", plural(payload(p), "byte"), p.Dest).packets([]trace.Packet{p})
		}
	}
	return sentNowhere(e)
}

func triesToRead(e Evidence) Finding {
	if tries := e.calls(receiving...); len(tries) > 0 {
		return met("%s(2) was called", tries[0].Name).calls(tries[0])
	}
	return unmet("no read(2) and no recvfrom(2) was called on the socket")
}

const (
	patience = 2 * time.Second       // a second is asked for: machines may be slow
	awhile   = 50 * time.Millisecond // what counts as a wait
	enough   = 3                     // tries to read
)

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
		case closed[0].Time-tries[0].Time > int64(patience):
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
		if len(tries) > 0 && len(closed) > 0 && closed[0].Time-tries[0].Time < int64(awhile) {
			return unmet("less than %d ms after the first %s(2) the socket was closed", awhile.Milliseconds(), tries[0].Name).
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
