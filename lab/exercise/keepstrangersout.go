package exercise

import (
	"slices"

	peers "dialpath/lab/exercise/peer"
	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var keepStrangersOut = Exercise{
	Number: 9, Name: "keep-strangers-out", Theme: themeReading, Peer: "intruder",
	Stacks: []string{kernel.UDPConnect, kernel.UDPReceive, kernel.PacketDrop},
	Questions: []Question{{
		Key: "arrived", Text: "You send one datagram. How many arrive at your machine from the server's?",
		Why:   "Two for each that you send: the stranger's and the answer. Nobody can keep the first from being sent.",
		count: func(e Evidence) int { return len(e.strangers()) + len(e.cameFrom(e.server())) },
	}, {
		Key: "icmp-sent", Text: "When it is done: how many ICMP packets does your machine send?",
		Why: "One: for the stranger's datagram the kernel finds no socket, since the only one at that port has another peer. So it says that nobody " +
			"listens there. (With a filter on the socket there is none: the socket was found.)",
		count: func(e Evidence) int { return len(e.turnedAway()) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the stranger's datagram arrives at the machine", strangerCame},
		{"the kernel keeps the stranger's datagram out of the socket's queue", strangerKeptOut},
		{"the program receives the server's answer, all of it", answerReceived},
	},
}

// strangers are the datagrams that came from the server's machine, and from another port.
func (e Evidence) strangers() []trace.Packet {
	server := e.server()
	return slices.DeleteFunc(e.came(trace.UDP), func(p trace.Packet) bool {
		from := unmapped(p.Source)
		return from.Addr() != server.Addr() || from.Port() == server.Port()
	})
}

func strangerCame(e Evidence) Finding {
	came := e.strangers()
	if len(came) == 0 {
		return unmet("none came: the stranger answers whoever has sent to the server")
	}
	return met("%s came, from another port than the server's", plural(came[0].Payload(), "byte")).packets(came)
}

// strangerKeptOut: what was kept out, the kernel has thrown away as it came. It says so by ICMP
// if no socket took it; or, if it was a filter's word, it is seen to drop it. All else is in
// the queue of a socket, where it is whether anybody reads it or not.
func strangerKeptOut(e Evidence) Finding {
	filtered := 0
	if drop := e.dropped(); drop != nil && len(e.filters()) > 0 {
		filtered = int(drop.Count)
	}
	for _, p := range e.strangers() {
		switch {
		case e.refusedByICMP(p):
		case filtered > 0:
			filtered--
		default:
			return e.letIn(p)
		}
	}
	return met("it threw it away as it came").packets(e.turnedAway())
}

// refusedByICMP tells whether the kernel has answered a datagram that nobody listens. It does
// not say so too often; so of a pair of ports for which it has, it is enough that the socket
// has the server as its peer still.
func (e Evidence) refusedByICMP(p trace.Packet) bool {
	about := slices.DeleteFunc(e.turnedAway(), func(icmp trace.Packet) bool { return !quotes(icmp, unmapped(p.Source), unmapped(p.Dest)) })
	later := e.packets(func(q trace.Packet) bool {
		return q.Direction == trace.In && q.Time > p.Time && q.Source == p.Source && q.Dest == p.Dest
	})
	for _, icmp := range about {
		if icmp.Time >= p.Time && (len(later) == 0 || icmp.Time <= later[0].Time) {
			return true
		}
	}
	return len(about) >= mostICMP && slices.ContainsFunc(e.sockets(), func(s socket) bool {
		return slices.Contains(e.portsOf(s), p.Dest.Port()) && s.peerAt(p.Time) == e.server()
	})
}

// mostICMP is after how many of such messages the kernel may keep silent (icmp_ratelimit).
const mostICMP = 6

// letIn says what became of a stranger's datagram that the kernel took.
func (e Evidence) letIn(p trace.Packet) Finding {
	took, looked := e.takings()
	r, read := find(slices.Concat(looked, took), p)
	var f Finding
	switch late := e.connectedAfter(p); {
	case late != nil:
		f = unmet("it was in the socket's queue already when connect(2) was called").calls(*late)
	case !read:
		return unmet("it is in the socket's queue: that nobody has read it there does not keep it out").calls(e.sends()...)
	case r.peek:
		f = unmet("%s(2) looked at it (MSG_PEEK): to see what it is is to have it already", r.call.Name)
	case e.answeredAfter(took, r):
		f = unmet("%s(2) returned it, %s, before the answer: to look who it is from is to have it already", r.call.Name, plural(r.length, "byte"))
	default:
		f = unmet("%s(2) returned it, %s: it was the first to come, and the socket takes what anybody sends", r.call.Name, plural(r.length, "byte"))
	}
	if f.Proof.Calls == nil {
		f = f.calls(e.calls(receiving...)...)
	}
	return f.by(e.during(r.call, udpReceive...))
}

// connectedAfter returns the call that gave the socket a peer after a datagram had come for it.
func (e Evidence) connectedAfter(p trace.Packet) *trace.Syscall {
	for _, s := range e.sockets() {
		for _, c := range s.named("connect") {
			if connects(c) && ended(c) > p.Time && c.Peer() == e.server() && slices.Contains(e.portsOf(s), p.Dest.Port()) {
				return &c
			}
		}
	}
	return nil
}

func (e Evidence) answeredAfter(took []receipt, stranger receipt) bool {
	return slices.ContainsFunc(took, func(r receipt) bool { return r.from == e.server() && r.call.Time > stranger.call.Time })
}

func answerReceived(e Evidence) Finding {
	took, looked := e.takings()
	for _, r := range took {
		from := r.from == e.server() || !r.told && len(e.filters()) > 0 // which of those that came it was, a filter has decided
		switch {
		case !from:
		case r.length < peers.AnswerLength:
			return unmet("%s(2) took %d of its %d bytes", r.call.Name, r.length, peers.AnswerLength).calls(r.call)
		default:
			return met("%s(2) returned %s", r.call.Name, plural(r.length, "byte")).calls(r.call)
		}
	}
	if len(looked) > 0 {
		return unmet("%s(2) only looked (MSG_PEEK), and nothing was taken from the queue", looked[0].call.Name).calls(callsOf(looked)...)
	}
	return e.unanswered()
}

// unanswered says why the server's answer was not received.
func (e Evidence) unanswered() Finding {
	asked := e.sendersOf(e.leftFor(e.server()))
	var here, elsewhere []trace.Syscall
	for _, c := range e.calls(receiving...) {
		if slices.ContainsFunc(asked, func(sent trace.Syscall) bool { return sent.Socket == c.Socket }) {
			here = append(here, c)
		} else {
			elsewhere = append(elsewhere, c)
		}
	}
	switch {
	case len(here) > 0 && here[0].Errno != "" && here[0].Errno != "EAGAIN":
		return unmet("%s(2) said %s", here[0].Name, here[0].Errno).calls(here...)
	case len(here) > 0:
		return unmet("%s(2) was called, and did not return it", here[0].Name).calls(here...)
	case len(elsewhere) > 0:
		return unmet("the socket that %s(2) was called on is not the one that had sent: the answer goes to that one", elsewhere[0].Name).
			calls(slices.Concat(asked, elsewhere)...)
	}
	return unmet("the program never tried to: no read(2) and no recvfrom(2) was called on the socket")
}
