package exercise

import (
	"encoding/binary"

	"dialpath/lab/trace"
)

// A segment is a TCP packet with data. One that is sent again is the same segment.
type segment struct {
	trace.Packet
	data int // bytes
}

// segments returns the learner's TCP segments that carry data.
func (e Evidence) segments() []segment {
	var all []segment
	seen := make(map[uint32]bool) // by where they begin in the stream
	for _, p := range e.left() {
		begin, n := tcpData(p)
		if n > 0 && !seen[begin] {
			seen[begin] = true
			all = append(all, segment{p, n})
		}
	}
	return all
}

// tcpData returns where in the stream a TCP packet's data begin, and how many bytes they are.
func tcpData(p trace.Packet) (begin uint32, n int) {
	if p.Protocol != "TCP" || len(p.Data) < 20 {
		return 0, 0
	}
	header := 40
	if p.Data[0]>>4 == 4 {
		header = int(p.Data[0]&0xf) * 4
	}
	if len(p.Data) < header+13 {
		return 0, 0
	}
	tcp := p.Data[header:]
	return binary.BigEndian.Uint32(tcp[4:]), max(0, p.Length-header-int(tcp[12]>>4)*4)
}

func largest(all []segment) int {
	n := 0
	for _, s := range all {
		n = max(n, s.data)
	}
	return n
}

// What exercise 14 has to write.
const (
	lines    = 8
	lineSize = 10
)

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

func packetsOf(segments []segment) []trace.Packet {
	var all []trace.Packet
	for _, s := range segments {
		all = append(all, s.Packet)
	}
	return all
}
