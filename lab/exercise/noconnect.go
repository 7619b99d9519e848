package exercise

import "dialpath/lab/kernel"

var noConnect = Exercise{
	Number: 3, Name: "no-connect", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "connects", Text: "How many times does your program call connect(2)?",
		Why:   "It needs none: the address goes to the kernel with the datagram, as an argument of sendto(2).",
		count: func(e Evidence) int { return len(e.calls("connect")) },
	}, {
		Key: "packets-sent", Text: "How many packets does it send in all?",
		Why:   "One for each datagram, and nothing else. Without connect(2), too, the socket gets its port without a word.",
		count: func(e Evidence) int { return len(e.left()) },
	}},
	Expect: []Expectation{
		{"no socket is connected to the server", staysUnconnected},
		{"a system call that names the server, as sendto(2) does, sends a datagram there", namesServer},
		{"it reads the answer", readsAnswer},
	},
}

// staysUnconnected: no socket was told once and for all whom to talk to.
func staysUnconnected(e Evidence) Finding {
	all := e.dialed()
	if len(all) == 0 {
		return met("connect(2) was not called")
	}
	d := all[0]
	what := "connect(2) made the server the socket's peer"
	if d.stream() {
		return unmet("%s, over TCP", what).calls(d.connect).by(e.during(d.connect, tcpConnect...))
	}
	f := unmet("%s, and nothing was sent after it: Go does not let WriteTo name a destination once there is a peer", what)
	if sent := moved(d.named(sending...)); len(sent) > 0 {
		f = unmet("%s, and %s(2) had only to say what to send", what, sent[0].Name)
	}
	return f.calls(d.connect).by(e.during(d.connect, udpConnect...))
}

// namesServer: a datagram left for the server by a call that had the address with it.
func namesServer(e Evidence) Finding {
	for _, s := range e.sockets() {
		for _, c := range moved(s.named(kernel.SyscallsOf(kernel.Sends | kernel.Addresses)...)) {
			if p, ok := e.sentBy(c); ok && p.Dest.Port() == serverPort && names(c) {
				return met("%s(2) sent %s to %s", c.Name, plural(p.Payload(), "byte"), p.Dest).calls(c)
			}
		}
	}
	return sentNowhere(e)
}
