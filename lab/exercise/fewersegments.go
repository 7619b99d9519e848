package exercise

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var fewerSegments = Exercise{
	Number: 14, Name: "fewer-segments", Theme: themeWeird, Peer: "slow-ack",
	Stacks: []string{kernel.TCPTransmit, "tcp_sendmsg"},
	Questions: []Question{
		{
			Key: "segments", Text: "As the program is handed out: how many segments carry its 80 bytes?",
			Why: "Two: the first reading leaves at once, for nothing is on its way. All others wait for its ACK, which comes some " +
				"40 ms later; before that the connection is closed, and they leave together. (On a machine that is busy for so long there is one more, or two.)",
			count: func(e Evidence) int { return len(e.segments()) }, number: &between{2, 4},
		},
		{
			Key: "header-bytes", Text: "When it is done: how many bytes of headers, IP's and TCP's, leave with the 80 bytes of data?",
			Why:   "52 with each of the eight segments: 416, five times as much as the data. That is what Nagle's algorithm is for.",
			count: func(e Evidence) int { return headers(e.segments()) },
		},
	},
	Expect: []Expectation{
		{"eight readings of ten bytes go to the server over one connection, each by one system call", writesEight},
		{"each leaves before its system call returns, in a segment of its own", leavesAtOnce},
		{"none would have to wait for the ACK of the one before", nagleOff},
		{"the pause between the readings is as it was, 2 ms", pauses},
		{"the server gets the readings as they were", readingsArrive},
	},
}

// What the program has to write.
const (
	lines    = 8
	lineSize = 10
)

// A segment is a TCP packet with data. One that is sent again is the same segment.
type segment struct {
	trace.Packet
	begin uint32 // in the stream
	data  int    // bytes
}

// segments returns the learner's TCP segments that carry data to the server.
func (e Evidence) segments() []segment {
	type place struct { // in a stream
		port  uint16
		begin uint32
	}
	var all []segment
	seen := make(map[place]bool)
	for _, p := range e.leftFor(e.server()) {
		h, ok := p.TCP()
		at := place{p.Source.Port(), h.Sequence}
		if n := p.Payload(); ok && n > 0 && !seen[at] {
			seen[at] = true
			all = append(all, segment{p, h.Sequence, n})
		}
	}
	return all
}

// headers returns how many bytes of some segments are not data.
func headers(all []segment) int {
	n := 0
	for _, s := range all {
		n += s.Length - s.data
	}
	return n
}

func largest(all []segment) int {
	n := 0
	for _, s := range all {
		n = max(n, s.data)
	}
	return n
}

// reports returns the system calls that wrote to the server over TCP, and over how many
// connections they did.
func (e Evidence) reports() (writes []trace.Syscall, connections int) {
	for _, s := range e.sockets() {
		sent := moved(s.named(sending...))
		to := func(c trace.Syscall) bool { return connects(c) && c.Peer() == e.server() }
		if s.datagram() || len(sent) == 0 || !slices.ContainsFunc(s.calls, to) {
			continue
		}
		connections++
		writes = append(writes, sent...)
	}
	return writes, connections
}

func writesEight(e Evidence) Finding {
	writes, connections := e.reports()
	segments := e.segments()
	switch {
	case len(segments) == 0 && len(writes) > 0:
		return unmet("what was written did not leave over TCP").calls(writes...)
	case len(segments) == 0 && len(e.left()) > 0:
		return unmet("no data left for the server").packets(e.left())
	case len(segments) == 0:
		return unmet("the program wrote nothing")
	case len(writes) == 0:
		return unproved("data left for the server by no call that the lab saw").packets(packetsOf(segments))
	case connections > 1:
		return unmet("it wrote over %d connections, and has one to report over", connections).calls(writes...)
	}
	for _, c := range writes {
		if c.Return != lineSize && len(writes) >= lines {
			return unmet("a reading has ten bytes, and %s(2) wrote %d", c.Name, c.Return).calls(writes...).by(e.stack("tcp_sendmsg"))
		}
	}
	if len(writes) != lines {
		return unmet("it wrote by %s, the first with %s", plural(len(writes), "system call"), plural(writes[0].Return, "byte")).
			calls(writes...).by(e.stack("tcp_sendmsg"))
	}
	return met("it did").calls(writes...)
}

// leavesAtOnce: what leaves later, by whatever is called next or when an ACK comes, has waited.
func leavesAtOnce(e Evidence) Finding {
	writes, _ := e.reports()
	segments := e.segments()
	for _, c := range writes {
		if slices.ContainsFunc(segments, func(s segment) bool { return s.leftAlone(c) }) {
			continue
		}
		return e.heldBack(c).packets(packetsOf(segments)).by(e.stack("tcp_sendmsg"))
	}
	return met("%s left, the largest with %s", plural(len(segments), "segment"), plural(largest(segments), "byte")).
		packets(packetsOf(segments))
}

// leftAlone tells whether a segment left in the course of a write, on its thread, with what
// that wrote and nothing else.
func (s segment) leftAlone(c trace.Syscall) bool {
	return s.Context == trace.Process && (s.TID == 0 || s.TID == c.TID) && during(c, s.Time) && s.data == int(c.Return)
}

// heldBack says why a write did not leave at once.
func (e Evidence) heldBack(c trace.Syscall) Finding {
	s := e.socket(c.Socket)
	switch {
	case c.Flags.Has(kernel.MsgMore):
		return unmet("%s(2) said MSG_MORE, more is to come: so the kernel waits for it", c.Name).calls(c)
	case s.optionAt(kernel.TCPCork, c.Time) != 0:
		return unmet("TCP_CORK was on: the kernel holds back what does not fill a segment").calls(append(s.named("setsockopt"), c)...)
	case s.optionAt(kernel.TCPNoDelay, c.Time) == 0:
		return unmet("one that was written did not leave then: the first left at once, and what came after it waited for the first one's ACK, " +
			"or for what was called next").calls(c)
	}
	return unmet("one that was written did not leave then, or not by itself").calls(c)
}

// optionAt returns the value that a socket's option had at a moment: 0 if it was never set.
func (s socket) optionAt(o kernel.Option, moment int64) int64 {
	var value int64
	for _, c := range s.named("setsockopt") {
		if c.Option.Option == o && c.Errno == "" && c.Option.Value != nil && ended(c) <= moment {
			value = *c.Option.Value
		}
	}
	return value
}

// nagleOff: with Nagle's algorithm, a write leaves at once if the ACK of the one before has
// come. So whoever pauses long enough sees nothing of it.
func nagleOff(e Evidence) Finding {
	writes, _ := e.reports()
	for _, c := range writes {
		s := e.socket(c.Socket)
		if s.optionAt(kernel.TCPNoDelay, c.Time) == 0 {
			return unmet("Nagle's algorithm was on at one of the writes. It left at once, since the ACK of the one before had come: the pauses were long, " +
				"the program's own or a busy machine's").calls(append(s.named("setsockopt"), c)...)
		}
	}
	return met("Nagle's algorithm was off at each")
}

// pause is how long the program waits for its next reading, at least.
const pause = 2 * time.Millisecond

// pauses: it is the one length of time that is judged, and it is asked for: no sleep is shorter.
func pauses(e Evidence) Finding {
	writes, _ := e.reports()
	for i := 1; i < len(writes); i++ {
		if time.Duration(writes[i].Time-ended(writes[i-1])) < pause {
			return unmet("a reading was written less than 2 ms after the one before").calls(writes...)
		}
	}
	return met("it is")
}

// readingsArrive: the server has read what the program, as it is handed out, writes.
func readingsArrive(e Evidence) Finding {
	if e.Target.Received == nil {
		return notHeard()
	}
	got, want := bytes.Join(e.Target.Received, nil), []byte(nil)
	for i := range lines {
		want = fmt.Appendf(want, "reading %d\n", i+1)
	}
	for i := range lines {
		begin, end := i*lineSize, (i+1)*lineSize
		if len(got) < end || !bytes.Equal(got[begin:end], want[begin:end]) {
			return unmet("it got %q for reading %d, which is %q", got[min(begin, len(got)):min(end, len(got))], i+1, want[begin:end])
		}
	}
	return met("it does")
}

func packetsOf(segments []segment) []trace.Packet {
	var all []trace.Packet
	for _, s := range segments {
		all = append(all, s.Packet)
	}
	return all
}
