package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var fewerSegments = Exercise{
	Number: 14, Name: "fewer-segments", Theme: themeWeird, Peer: "slow-ack",
	Stacks: []string{kernel.TCPTransmit, "tcp_sendmsg"},
	Questions: []Question{
		{
			Key: "segments", Text: "How many segments with data does your program send?",
			Why:   "Eight: with Nagle's algorithm off, the kernel sends what a write brings, however little, and waits for nobody.",
			count: func(e Evidence) int { return len(e.segments()) },
		},
		{
			Key: "largest", Text: "How many bytes of data does the largest of them carry?",
			Why:   "Ten, as much as one write: nothing has waited, so nothing was put together.",
			count: func(e Evidence) int { return largest(e.segments()) },
		},
	},
	Expect: []Expectation{
		{"the program writes 80 bytes over TCP, by eight system calls", writesEight},
		{"each write leaves in a segment of its own", ownSegments},
		{"they do not wait for the ACK of the one before", unacknowledged},
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

// segments returns the learner's TCP segments that carry data.
func (e Evidence) segments() []segment {
	var all []segment
	seen := make(map[uint32]bool) // by where they begin in the stream
	for _, p := range e.left() {
		h, ok := p.TCP()
		if n := p.Payload(); ok && n > 0 && !seen[h.Sequence] {
			seen[h.Sequence] = true
			all = append(all, segment{p, h.Sequence, n})
		}
	}
	return all
}

// acknowledged tells whether a packet that came says that all of a segment has arrived.
func (s segment) acknowledged(by trace.Packet) bool {
	h, ok := by.TCP()
	end := s.begin + uint32(s.data)
	return ok && int32(h.Acknowledgment-end) >= 0 // the numbers begin again after 2^32
}

func largest(all []segment) int {
	n := 0
	for _, s := range all {
		n = max(n, s.data)
	}
	return n
}

func writesEight(e Evidence) Finding {
	writes := e.sends()
	sent := 0
	for _, s := range e.segments() {
		sent += s.data
	}
	switch {
	case len(writes) == 0:
		return unmet("the program wrote nothing")
	case sent == 0:
		return unmet("what was written did not leave over TCP").calls(writes...)
	case len(writes) < lines:
		return unmet("it wrote by %s, the first with %s", plural(len(writes), "system call"), plural(writes[0].Return, "byte")).
			calls(writes...).by(e.stack("tcp_sendmsg"))
	case sent < lines*lineSize:
		return unmet("only %s left", plural(sent, "byte"))
	}
	return met("it did").calls(writes...)
}

func ownSegments(e Evidence) Finding {
	writes, segments := e.sends(), e.segments()
	if len(segments) >= len(writes) {
		return met("%s left, the largest with %s", plural(len(segments), "segment"), plural(largest(segments), "byte")).
			packets(packetsOf(segments))
	}
	return unmet("fewer segments with data left than there were writes: the first left at once, and what came after " +
		"it waited, and left together").packets(packetsOf(segments)).by(e.stack("tcp_sendmsg"))
}

// unacknowledged: at least one segment left while the one before it was on its way. With
// Nagle's algorithm none does, however long the program pauses between its writes.
func unacknowledged(e Evidence) Finding {
	segments, came := e.segments(), e.came(trace.TCP)
	for i := 1; i < len(segments); i++ {
		before, this := segments[i-1], segments[i]
		if !slices.ContainsFunc(came, func(p trace.Packet) bool { return p.Time < this.Time && before.acknowledged(p) }) {
			return met("they did not").packets([]trace.Packet{before.Packet, this.Packet})
		}
	}
	return unmet("each left after the ACK of the one before had come, as with Nagle's algorithm, too: the pauses were too long, " +
		"the program's own, or those that a very busy machine adds").packets(e.packets(func(p trace.Packet) bool {
		return p.Role == e.you && isTCP(p) && len(segments) > 0 && p.Time >= segments[0].Time
	}))
}

func packetsOf(segments []segment) []trace.Packet {
	var all []trace.Packet
	for _, s := range segments {
		all = append(all, s.Packet)
	}
	return all
}
