package exercise

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var nobodyListens = Exercise{
	Number: 8, Name: "nobody-listens", Theme: themeReading, Peer: "nobody",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "messages", Text: "As the program is handed out, it hears of nothing: how many ICMP messages arrive at your machine?",
		Why:    "One for each datagram. It comes whether somebody is to be told or not; it is your own kernel that drops it.",
		number: exactly(1), count: func(e Evidence) int { return len(e.came(trace.ICMP)) },
	}, {
		Key: "bytes-quoted", Text: "The packet with your 9 bytes of data has 37 bytes. How many of them does the ICMP message bring back?",
		Why: "All 37. RFC 792 asked for the IP header and 8 bytes, which is 28; since RFC 1812 it is as much as fits into 576. " +
			"By what it brings back your kernel finds the socket that had sent it.",
		number: exactly(37), count: bytesQuoted,
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the server's machine says that nobody listens: ICMP port unreachable", unreachableCame},
		{"the program hears of it: a system call on the socket that has sent returns ECONNREFUSED, or hands it over", hearsRefusal},
	},
}

// unreachable are the ICMP messages that say that nobody listens at a port.
func (e Evidence) unreachable() []trace.Packet {
	return slices.DeleteFunc(e.came(trace.ICMP), func(p trace.Packet) bool { return !portUnreachable(p) })
}

// portUnreachable tells whether an ICMP packet is of type 3, destination unreachable, and
// code 3, port unreachable.
func portUnreachable(p trace.Packet) bool {
	h, ok := p.ICMP()
	return ok && h.Type == 3 && h.Code == 3
}

const icmpHeader = 8

// quoted returns what an ICMP message brings back: the beginning of the packet that it is about.
func quoted(p trace.Packet) []byte {
	h, ok := trace.ParseIPv4(p.Data)
	if !ok {
		return nil
	}
	return p.Data[min(len(p.Data), h.Length+icmpHeader):]
}

// quotes tells whether an ICMP message is about a datagram: that from one address for another.
func quotes(p trace.Packet, source, dest netip.AddrPort) bool {
	data := quoted(p)
	h, ok := trace.ParseIPv4(data)
	if !ok || len(data) < h.Length+4 {
		return false
	}
	from, to := binary.BigEndian.Uint16(data[h.Length:]), binary.BigEndian.Uint16(data[h.Length+2:])
	return netip.AddrPortFrom(h.Source, from) == source && netip.AddrPortFrom(h.Dest, to) == dest
}

// bytesQuoted is how much of a packet the first message brings back.
func bytesQuoted(e Evidence) int {
	for _, p := range e.unreachable() {
		if h, ok := trace.ParseIPv4(p.Data); ok {
			return p.Length - h.Length - icmpHeader
		}
	}
	return 0
}

// about returns the first message about a datagram of a socket's for the server.
func (e Evidence) about(number uint64) (trace.Packet, bool) {
	for _, sent := range e.toward(e.server()) {
		for _, p := range e.unreachable() {
			if sent.Socket == number && quotes(p, sent.Source, sent.Dest) {
				return p, true
			}
		}
	}
	return trace.Packet{}, false
}

func unreachableCame(e Evidence) Finding {
	for _, p := range e.toward(e.server()) {
		if message, came := e.about(p.Socket); came {
			return met("such a message came").packets([]trace.Packet{message})
		}
	}
	return unmet("no such message came about a datagram for the server").packets(e.unreachable())
}

// hearsRefusal: of one of the sockets that have sent to the server, the program heard it.
func hearsRefusal(e Evidence) Finding {
	var dropped, ready []trace.Syscall
	for _, p := range e.toward(e.server()) {
		message, came := e.about(p.Socket)
		if !came {
			continue
		}
		s := e.socket(p.Socket)
		for _, c := range s.calls {
			if ended(c) > message.Time && tellsRefusal(c) {
				return met("%s(2) %s it", c.Name, how(c)).calls(c)
			}
		}
		sent, _ := e.sendOf(p)
		if s.isTold(message.Time) {
			ready = append(ready, sent)
		} else {
			dropped = append(dropped, sent)
		}
	}
	f := unmet("the error lay ready on the socket, and after it no call was made that would have fetched it").calls(ready...)
	if len(ready) == 0 {
		f = unmet("the message came, and was dropped: the socket that had sent is not connected, so the kernel reports to nobody").calls(dropped...)
	}
	if i := slices.IndexFunc(e.calls(), tellsRefusal); i >= 0 {
		c := e.calls()[i]
		f.Saw += ". " + c.Name + "(2) said ECONNREFUSED on another socket, which is about something else"
		f = f.calls(append(slices.Clone(f.Proof.Calls), c)...)
	}
	return f.packets(e.unreachable())
}

// tellsRefusal tells whether a call told the program: it returned the error, it was asked for
// the error that waits on the socket, or it took it from the queue of errors.
func tellsRefusal(c trace.Syscall) bool {
	switch {
	case !worked(c):
		return c.Errno == "ECONNREFUSED"
	case c.Option.Option == kernel.SocketError && c.Name == "getsockopt":
		return c.Option.Value != nil && kernel.Errno(*c.Option.Value) == "ECONNREFUSED"
	}
	return c.Flags.Has(kernel.MsgErrQueue) && isReceiving(c)
}

// how says by which of the three ways a call did.
func how(c trace.Syscall) string {
	if c.Errno != "" {
		return "returned"
	}
	return "handed over"
}

// isTold tells whether at a moment a socket was one that the kernel tells of errors: it has a
// peer, or has asked for them by IP_RECVERR.
func (s socket) isTold(moment int64) bool {
	told := s.peerAt(moment).IsValid()
	for _, c := range s.named("setsockopt") {
		asks := c.Option.Option == kernel.IPRecvErr || c.Option.Option == kernel.IPv6RecvErr
		if asks && c.Errno == "" && c.Time < moment && (c.Option.Value == nil || *c.Option.Value != 0) {
			told = true
		}
	}
	return told
}
