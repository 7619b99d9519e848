package exercise

import (
	"bytes"

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
			count: func(e Evidence) int { return len(e.left()) },
		},
		{
			Key: "sending-calls", Text: "How many system calls send them?",
			Why:   "As many as there are datagrams, if each is written by itself: 45 of the largest.",
			count: func(e Evidence) int { return len(e.sends()) },
		},
	},
	Expect: []Expectation{
		{"all 66000 bytes leave, in datagrams", allLeave},
		{"no packet is a fragment", noFragments},
		{"they carry the bytes of the report", ofReport},
	},
}

// reportSize is how much the program has to send, in bytes.
const reportSize = 66000

// allLeave: the whole of it was sent, be it in pieces or in fragments.
func allLeave(e Evidence) Finding {
	sent := e.packets(func(p trace.Packet) bool {
		return p.Role == e.you && p.Direction == trace.Out && isUDP(p)
	})
	n := 0
	for _, p := range sent {
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
	return unmet("%s left in datagrams", plural(n, "byte")).packets(sent).by(e.stack(udpSend...))
}

// noFragments: each datagram is a packet.
func noFragments(e Evidence) Finding {
	var pieces []trace.Packet
	sent := e.left()
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

// ofReport: what left is the report, and not so many bytes of something else. A program
// may put a header of its own before each piece, as a number.
func ofReport(e Evidence) Finding {
	report := bytes.Repeat([]byte("dialpath"), 32) // longer than what is kept of a packet
	sent := e.left()
	var other []trace.Packet
	for _, p := range sent {
		if data := p.Content(); !bytes.Contains(report, data[len(data)/2:]) {
			other = append(other, p)
		}
	}
	if len(other) == 0 {
		return met("they do").packets(sent)
	}
	begin := other[0].Content()
	return unmet("of the %s, %d carried something else: the first began with %q", plural(len(sent), "packet"), len(other),
		begin[:min(len(begin), 8)]).packets(other)
}

// longest returns the length of the longest packet.
func longest(all []trace.Packet) int {
	n := 0
	for _, p := range all {
		n = max(n, p.Length)
	}
	return n
}
