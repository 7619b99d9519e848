package exercise

import (
	"slices"

	peers "dialpath/lab/exercise/peer"
	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var keepStrangersOut = Exercise{
	Number: 9, Name: "keep-strangers-out", Theme: themeReading, Peer: "intruder",
	Stacks: []string{kernel.UDPConnect, kernel.UDPReceive},
	Questions: []Question{{
		Key: "arrived", Text: "You send one datagram. How many arrive at your machine?",
		Why:   "Two for each that you send: the stranger's and the answer. Nobody can keep the first from being sent.",
		count: func(e Evidence) int { return len(e.came(trace.UDP)) },
	}, {
		Key: "received", Text: "How many does your program receive?",
		Why:   "Only the answer to each. A connected socket is found by datagrams that come from its peer alone: the stranger's finds no socket, and is refused.",
		count: func(e Evidence) int { return len(e.receives()) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the stranger's datagram arrives at the machine", strangerCame},
		{"the kernel does not hand the stranger's datagram to the program", strangerKeptOut},
		{"the program receives the server's answer", answerReceived},
	},
}

// strangers are the datagrams that came from another port than the server's.
func (e Evidence) strangers() []trace.Packet {
	return e.packets(func(p trace.Packet) bool {
		return p.Role == e.you && p.Direction == trace.In && p.Protocol == trace.UDP && p.Source.Port() != serverPort
	})
}

func strangerCame(e Evidence) Finding {
	came := e.strangers()
	if len(came) == 0 {
		return unmet("none came: the stranger answers whoever has sent to the server")
	}
	return met("%s came, from another port than the server's", plural(came[0].Payload(), "byte")).packets(came)
}

// intruded returns the first call that returned a datagram of the stranger's. Where a call
// does not tell whose it was, its length does; or, since that may have been cut, whether
// the socket took anybody's.
func (e Evidence) intruded() (trace.Syscall, bool) {
	for _, s := range e.sockets() {
		for _, c := range moved(s.named(receiving...)) {
			switch from := c.Peer().Port(); {
			case from == serverPort:
				continue
			case from != 0, int(c.Return) == peers.StrangerLength:
				return c, true
			case !s.choosy(c.Time):
				return c, true
			}
		}
	}
	return trace.Syscall{}, false
}

// choosy tells whether at some time the kernel kept datagrams from the socket: because it
// had a peer, or a filter.
func (s socket) choosy(at int64) bool {
	filters := []kernel.Option{kernel.AttachFilter, kernel.AttachBPF}
	return slices.ContainsFunc(s.calls, func(c trace.Syscall) bool {
		return c.Time < at && (connects(c) || c.Name == "setsockopt" && c.Errno == "" && slices.Contains(filters, c.Option.Option))
	})
}

func strangerKeptOut(e Evidence) Finding {
	c, ok := e.intruded()
	if !ok {
		return met("no system call returned it")
	}
	f := unmet("%s(2) returned it, %s: it was the first to come, and the socket takes what anybody sends", c.Name, plural(c.Return, "byte"))
	for _, later := range e.receives() {
		if later.Time > c.Time && later.Peer().Port() == serverPort {
			f = unmet("%s(2) returned it, %s, before the answer: to look who it is from is to have it already", c.Name, plural(c.Return, "byte"))
		}
	}
	return f.calls(e.receives()...).by(e.during(c, udpReceive...))
}

func answerReceived(e Evidence) Finding {
	for _, c := range e.receives() {
		if from := c.Peer().Port(); from == serverPort || from == 0 {
			return met("%s(2) returned %s", c.Name, plural(c.Return, "byte")).calls(c)
		}
	}
	for _, s := range e.sockets() {
		if tries := s.named(receiving...); len(tries) > 0 && len(moved(s.named(sending...))) == 0 {
			return unmet("the socket that %s(2) was called on is not the one that had sent: the answer goes to that one", tries[0].Name).
				calls(slices.Concat(e.sends(), tries)...)
		}
	}
	return readsAnswer(e)
}
