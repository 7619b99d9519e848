package exercise

import (
	"net/netip"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var noConnect = Exercise{
	Number: 3, Name: "no-connect", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "binds", Text: "As the program is handed out: how many times does it call bind(2), to have a port that an answer can find?",
		Why:    "Not once: connect(2) chose the port, when it wrote the peer down. A datagram without connect(2) does the same, if the socket has no port yet.",
		number: exactly(0), count: func(e Evidence) int { return len(e.calls("bind")) },
	}, {
		Key: "sockets", Text: "How many sockets does your program make when it is done, those included that Go makes to try something out?",
		Why: "Four, if it listens by net.ListenUDP at no address: before that Go makes one each to learn whether this machine has IPv4, IPv6, " +
			"and IPv6 sockets that take IPv4, too. A bare socket is one.",
		count: func(e Evidence) int { return len(e.sockets()) },
	}},
	Expect: []Expectation{
		{"connect(2) is not called", staysUnconnected},
		{"a system call that names the server, as sendto(2) does, sends a datagram there", namesServer},
		{"it reads the whole answer from the socket that has sent", func(e Evidence) Finding { return e.hears(e.asker(), e.server()) }},
	},
}

// staysUnconnected: no socket was told once and for all whom to talk to, nor was it tried.
func staysUnconnected(e Evidence) Finding {
	calls := e.calls("connect")
	if len(calls) == 0 {
		return met("connect(2) was not called")
	}
	if all := e.dialed(); len(all) > 0 {
		return peerOf(e, all[0])
	}
	c := calls[0]
	switch {
	case !connects(c):
		return unmet("connect(2) was called, for %s, and said %s", c.Peer(), c.Errno).calls(calls...)
	case c.Peer() == e.server():
		return unmet("connect(2) was called, for the server").calls(calls...)
	}
	return unmet("connect(2) was called, for %s, which is not the server", c.Peer()).calls(calls...)
}

// peerOf says what a dialed socket was dialed for.
func peerOf(e Evidence, d dialed) Finding {
	what := "connect(2) made the server the socket's peer"
	if d.stream() {
		return unmet("%s, over TCP", what).calls(d.connect).by(e.during(d.connect, tcpConnect...))
	}
	f := unmet("%s, and nothing was sent after it: Go does not let WriteTo name a destination once there is a peer", what)
	if c, sent := d.firstSend(); sent {
		f = unmet("%s, and %s(2) had only to say what to send", what, c.Name)
	}
	return f.calls(d.connect).by(e.during(d.connect, udpConnect...))
}

// asker is the socket whose datagram for the server left first.
func (e Evidence) asker() socket {
	for _, p := range e.toward(e.server()) {
		if p.Socket != 0 {
			return e.socket(p.Socket)
		}
	}
	return socket{}
}

// namesServer: a datagram left for the server by a call that had the address with it.
func namesServer(e Evidence) Finding {
	sent := e.toward(e.server())
	for _, p := range sent {
		c, ok := e.sendOf(p)
		switch {
		case !ok:
			continue
		case names(c, e.server()):
			return met("%s(2) sent %s to %s", c.Name, plural(sizeOf(p), "byte"), p.Dest).calls(c)
		}
		return unproved("%s(2) named nobody, and yet what it sent went to the server: the socket had got its peer in some way that was not seen", c.Name).
			calls(c).packets(sent)
	}
	if len(sent) > 0 {
		return unproved("a datagram left for the server by no call that the lab saw").packets(sent)
	}
	return sentNowhere(e)
}

// names tells whether a sending call named somebody as the destination, of any of its messages.
func names(c trace.Syscall, whom netip.AddrPort) bool {
	return c.Peer() == whom || slices.ContainsFunc(c.Each, func(m trace.Message) bool { return sender(m) == whom })
}
