package exercise

import (
	"net/netip"
	"slices"

	"dialpath/lab/trace"
)

// asksServer: a datagram leaves for the server.
func asksServer(e Evidence) Finding {
	if sent := e.toward(e.server()); len(sent) > 0 {
		return met("%s left for %s", plural(sizeOf(sent[0]), "byte"), sent[0].Dest).packets(sent[:1])
	}
	return sentNowhere(e)
}

// toward are the datagrams that left for one of some addresses. Of one in several pieces it
// is the first: the others have no ports.
func (e Evidence) toward(addresses ...netip.AddrPort) []trace.Packet {
	return slices.DeleteFunc(e.left(), func(p trace.Packet) bool {
		return !isUDP(p) || p.LaterFragment() || !slices.Contains(addresses, p.Dest)
	})
}

// leftHere are the TCP and UDP packets that left the learner's machine, and not only for
// itself.
func (e Evidence) leftHere() []trace.Packet {
	return slices.DeleteFunc(e.left(), func(p trace.Packet) bool { return p.Device == "lo" })
}

// sendOf returns the call on its socket in which a packet left. Where a socket is not known,
// there is none.
func (e Evidence) sendOf(p trace.Packet) (trace.Syscall, bool) {
	for _, c := range e.calls(sending...) {
		if c.Errno == "" && isSending(c) && leftIn(p, c) {
			return c, true
		}
	}
	return trace.Syscall{}, false
}

// sentNowhere says why no datagram left for the server.
func sentNowhere(e Evidence) Finding {
	for _, c := range e.calls(sending...) {
		switch c.Errno {
		case "", "EAGAIN":
			continue
		case "EDESTADDRREQ":
			return unmet("%s(2) said EDESTADDRREQ: it named no destination, and the socket has no peer", c.Name).
				calls(c).by(e.during(c, udpSend...))
		default:
			return unmet("%s(2) said %s", c.Name, c.Errno).calls(c).by(e.during(c, udpSend...))
		}
	}
	if sent := e.left(); len(sent) > 0 {
		f := unmet("what left was for %s, and the server is at %s", sent[0].Dest, e.server())
		if sent[0].Protocol == trace.TCP {
			f = unmet("what left was no datagram, but a TCP %s", sent[0].Flags)
		}
		return f.packets(sent)
	}
	if c, failed := e.setUpFailed(); failed {
		return unmet("no datagram left: %s(2) said %s", c.Name, c.Errno).calls(c)
	}
	return unmet("no datagram left, and no system call tried to send one")
}

// setUpFailed returns the first bind(2) or connect(2) on a datagram socket that failed.
func (e Evidence) setUpFailed() (trace.Syscall, bool) {
	for _, s := range e.sockets() {
		for _, c := range s.named("bind", "connect") {
			if s.datagram() && c.Errno != "" && c.Errno != "EINPROGRESS" {
				return c, true
			}
		}
	}
	return trace.Syscall{}, false
}

// hears: the whole answer of somebody was received from a socket.
func (e Evidence) hears(s socket, from netip.AddrPort) Finding {
	var partly, unknown, others []receipt
	for _, r := range e.received(s) {
		switch {
		case r.from == from && r.whole:
			return met("%s(2) returned %s", r.call.Name, plural(r.length, "byte")).calls(r.call)
		case r.from == from && r.known():
			partly = append(partly, r)
		case !r.known():
			unknown = append(unknown, r)
		default:
			others = append(others, r)
		}
	}
	switch {
	case len(partly) > 0:
		r := partly[0]
		return unmet("%s(2) got %d of the %s: the rest of a datagram is lost", r.call.Name, r.length, plural(sizeOf(r.packet), "byte")).
			calls(r.call).packets([]trace.Packet{r.packet})
	case len(unknown) > 0:
		return unproved("%s(2) returned %s, and which datagram that was, the lab did not see",
			unknown[0].call.Name, plural(unknown[0].length, "byte")).calls(unknown[0].call)
	case len(others) > 0:
		return unmet("%s(2) returned something that had not come from %s", others[0].call.Name, from).
			calls(others[0].call).packets([]trace.Packet{others[0].packet})
	}
	return triedInVain(s.named(receiving...))
}

// triedInVain says what became of tries to receive that got nothing.
func triedInVain(tries []trace.Syscall) Finding {
	if len(tries) == 0 {
		return unmet("the program never tried to: no read(2) and no recvfrom(2) was called on the socket")
	}
	for _, c := range tries {
		if c.Errno != "" && c.Errno != "EAGAIN" {
			return unmet("%s(2) said %s", c.Name, c.Errno).calls(c)
		}
	}
	return unmet("%s(2) was called, and told that there was nothing", tries[0].Name).calls(tries...)
}
