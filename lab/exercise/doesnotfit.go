package exercise

import (
	"bytes"
	"fmt"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var doesNotFit = Exercise{
	Number: 12, Name: "does-not-fit", Theme: themeWeird, Peer: "silent",
	Stacks: []string{kernel.UDPSend, "sock_write_iter"},
	Questions: []Question{
		{
			Key: "packets-sent", Text: "How many packets does your program send?",
			Why: "The link takes packets of 1500 bytes. IP's header has 20 of them and UDP's 8, so a datagram that is sent " +
				"in one piece carries at most 1472, and 66000 bytes take 45. Smaller pieces are more packets; with UDP_SEGMENT " +
				"there are fewer here, which the kernel cuts up later.",
			count: func(e Evidence) int { return len(e.leftFor(e.server())) },
		},
		{
			Key: "packets-before", Text: "As the program is handed out: how many packets leave before its write fails?",
			Why:    "None: the kernel compares the length with what a datagram can have before it makes the first packet.",
			count:  func(e Evidence) int { return len(e.left()) },
			number: exactly(0),
		},
	},
	Expect: []Expectation{
		{"all 66000 bytes leave for the server, in datagrams", allLeave},
		{"no packet is a fragment", noFragments},
		{"each byte of the report arrives at the server, which can tell where it belongs", reportArrives},
	},
}

// report is what the program has to send. Nothing in it is there twice: each piece of
// [pieceKnown] bytes is in one place only.
func report() []byte {
	var text []byte
	for i := range 6000 {
		text = fmt.Appendf(text, "line %05d\n", i+1)
	}
	return text
}

const (
	reportSize = 66000
	pieceKnown = 16
)

// allLeave: so many bytes were sent to the server, be it in pieces or in fragments.
func allLeave(e Evidence) Finding {
	sent := e.leftFor(e.server())
	n := 0
	for _, p := range datagrams(sent) {
		n += p.Payload()
	}
	if n >= reportSize {
		return met("%d bytes left in %s", n, plural(len(sent), "packet")).packets(sent)
	}
	for _, c := range e.calls(sending...) {
		if c.Errno == "EMSGSIZE" && n == 0 {
			return unmet("%s(2) of %s failed with EMSGSIZE, message too long, and nothing left", c.Name, plural(reportSize, "byte")).
				calls(c).by(e.stack("udp_sendmsg", "sock_write_iter"))
		}
	}
	if n == 0 && len(e.left()) > 0 {
		return e.nothingFor(e.server())
	}
	return unmet("%s left for it in datagrams", plural(n, "byte")).packets(sent).by(e.stack(udpSend...))
}

// noFragments: each datagram is a packet.
func noFragments(e Evidence) Finding {
	var pieces []trace.Packet
	sent := e.leftFor(e.server())
	for _, p := range sent {
		if p.Fragment() {
			pieces = append(pieces, p)
		}
	}
	if len(pieces) == 0 {
		return met("none was, and the largest had %d bytes", longest(sent))
	}
	return unmet("%d of the %s were fragments, pieces of datagrams too large for the link", len(pieces), plural(len(sent), "packet")).
		packets(pieces).by(e.stack(udpSend...))
}

// reportArrives: what the server has received is the report, and not so many bytes of
// something else. A program may put a header of its own before each piece, as a number; it
// may send pieces twice, and in any order.
func reportArrives(e Evidence) Finding {
	if e.Target.Received == nil {
		return notHeard()
	}
	text := report()
	arrived := make([]bool, len(text))
	after := 0
	for _, data := range e.Target.Received {
		begin, end := place(text, data, after)
		for i := begin; i < end; i++ {
			arrived[i] = true
		}
		after = end
	}
	first := bytes.IndexByte(marks(arrived), 0)
	if first < 0 {
		return met("all of it was in what the server received")
	}
	last := first
	for last+1 < len(arrived) && !arrived[last+1] {
		last++
	}
	if data := e.Target.Received[0]; last-first+1 == len(text) {
		return unmet("none of the report was in what the server received: the first datagram began with %q", data[:min(len(data), 8)])
	}
	return unmet("bytes %d to %d of the report were in nothing that the server received", first+1, last+1)
}

// notHeard is found where the lab has not heard what the server received, as in older recordings.
func notHeard() Finding {
	return unproved("the recording does not say what the server received: check the program again")
}

func marks(set []bool) []byte {
	all := make([]byte, len(set))
	for i, is := range set {
		if is {
			all[i] = 1
		}
	}
	return all
}

// place returns where in a text the end of a datagram is from, as much of it as is from there.
// What is too short to be known by itself, may go on where the one before has ended.
func place(text, data []byte, after int) (begin, end int) {
	if bytes.HasPrefix(text[after:], data) {
		return after, after + len(data)
	}
	if len(data) < pieceKnown {
		return after, after
	}
	at := bytes.Index(text, data[len(data)-pieceKnown:])
	if at < 0 {
		return after, after
	}
	begin, end = at, at+pieceKnown
	for rest := data[:len(data)-pieceKnown]; begin > 0 && len(rest) > 0 && rest[len(rest)-1] == text[begin-1]; rest = rest[:len(rest)-1] {
		begin--
	}
	return begin, end
}

// longest returns the length of the longest packet.
func longest(all []trace.Packet) int {
	n := 0
	for _, p := range all {
		n = max(n, p.Length)
	}
	return n
}
