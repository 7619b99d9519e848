package exercise

import "dialpath/lab/trace"

// asksServer: a datagram leaves for the server.
func asksServer(e Evidence) Finding {
	for _, p := range e.left() {
		if p.Protocol == trace.UDP && p.Dest.Port() == serverPort {
			return met("%s left for %s", plural(p.Payload(), "byte"), p.Dest).packets([]trace.Packet{p})
		}
	}
	return sentNowhere(e)
}

// sentNowhere says why no datagram left for the server.
func sentNowhere(e Evidence) Finding {
	for _, c := range e.calls(sending...) {
		switch c.Errno {
		case "":
			continue
		case "EDESTADDRREQ":
			return unmet("%s(2) said EDESTADDRREQ: it named no destination, and the socket has no peer", c.Name).
				calls(c).by(e.during(c, udpSend...))
		default:
			return unmet("%s(2) said %s", c.Name, c.Errno).calls(c).by(e.during(c, udpSend...))
		}
	}
	if sent := e.left(); len(sent) > 0 {
		f := unmet("what left was for port %d", sent[0].Dest.Port())
		if sent[0].Protocol == trace.TCP {
			f = unmet("what left was no datagram, but a TCP %s", sent[0].Flags)
		}
		return f.packets(sent)
	}
	for _, s := range e.sockets() {
		for _, c := range s.named("bind", "connect") {
			if s.datagram() && c.Errno != "" {
				return unmet("no datagram left: %s(2) said %s", c.Name, c.Errno).calls(c)
			}
		}
	}
	return unmet("no datagram left, and no system call tried to send one")
}

// sentBy returns the datagram that left in the course of a system call.
func (e Evidence) sentBy(c trace.Syscall) (trace.Packet, bool) {
	for _, p := range e.left() {
		if p.Protocol == trace.UDP && c.Time <= p.Time && p.Time <= c.Time+int64(c.Duration) {
			return p, true
		}
	}
	return trace.Packet{}, false
}

// names tells whether a sending call could name its destination. Of sendmsg(2) older traces
// have no address, but on a socket without a peer it sends nothing without. write(2) has no
// room for one.
func names(c trace.Syscall) bool {
	switch c.Name {
	case "sendto":
		return c.Peer().Port() != 0
	case "sendmsg", "sendmmsg":
		return true
	}
	return false
}

// readsAnswer: something that has come got to the program.
func readsAnswer(e Evidence) Finding {
	if got := e.receives(); len(got) > 0 {
		return met("%s(2) returned %s", got[0].Name, plural(got[0].Return, "byte")).calls(got[0])
	}
	tries := e.calls(receiving...)
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
