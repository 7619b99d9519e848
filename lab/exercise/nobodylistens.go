package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var nobodyListens = Exercise{
	Number: 8, Name: "nobody-listens", Theme: themeReading, Peer: "nobody",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "packets-back", Text: "How many packets does the other machine, where nobody listens, send back?",
		Why:   "One for each datagram: an ICMP message, destination unreachable, port unreachable. It has the beginning of your datagram in it, so that your kernel can tell whose it was.",
		count: func(e Evidence) int { return len(e.came(trace.ICMP)) },
	}, {
		Key: "refused", Text: "How many system calls return ECONNREFUSED?",
		Why:   "One at most for each ICMP message. The error waits on the socket, the next call takes it away, and the call after that starts afresh.",
		count: func(e Evidence) int { return len(e.refused()) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the other machine says that nobody listens: ICMP port unreachable", unreachableCame},
		{"the program hears of it: a system call on its socket returns ECONNREFUSED", hearsRefusal},
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

func unreachableCame(e Evidence) Finding {
	if came := e.unreachable(); len(came) > 0 {
		return met("%s came", plural(len(came), "such message")).packets(came)
	}
	return unmet("no such message came")
}

// refused are the system calls that told the program.
func (e Evidence) refused() []trace.Syscall {
	return slices.DeleteFunc(e.calls(), func(c trace.Syscall) bool { return c.Errno != "ECONNREFUSED" })
}

func hearsRefusal(e Evidence) Finding {
	if heard := e.refused(); len(heard) > 0 {
		return met("%s(2) returned it", heard[0].Name).calls(heard[0])
	}
	if !slices.ContainsFunc(e.dialed(), dialed.datagram) && !slices.ContainsFunc(e.calls("setsockopt"), wantsErrors) {
		return unmet("the message came, and was dropped: the socket that had sent is not connected, so the kernel reports to nobody").
			calls(e.sends()...).packets(e.unreachable())
	}
	return unmet("the error lay ready on the socket, and after it no call was made that would have fetched it").
		calls(e.sends()...).packets(e.unreachable())
}

// wantsErrors tells whether a setsockopt(2) is for IP_RECVERR, by which a socket without a
// peer is told of errors, too.
func wantsErrors(c trace.Syscall) bool { return c.Option.Option == kernel.IPRecvErr && c.Errno == "" }
