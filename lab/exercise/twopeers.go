package exercise

import (
	"net/netip"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var twoPeers = Exercise{
	Number: 4, Name: "two-peers", Theme: themeDialing, Peer: "two-echoes",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "ports", Text: "From how many ports do the datagrams to the two servers leave?",
		Why:   "From one: the port is the socket's, wherever its datagrams go.",
		count: func(e Evidence) int { return len(ports(e.toServers())) },
	}, {
		Key: "packets", Text: "How many packets leave your machine and arrive at it, taken together?",
		Why:   "One for each datagram and one for each answer: UDP has nothing to shake hands about, and nothing to acknowledge.",
		count: func(e Evidence) int { return len(e.left()) + len(e.came(trace.UDP)) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for each of the two servers", reachesBoth},
		{"both are sent by one socket, from one port", fromOneSocket},
		{"it reads both answers", readsBothAnswers},
	},
}

// Two servers: the second has the port after the first one's.
const secondPort = serverPort + 1

// toServers are the datagrams that left for one of the two servers.
func (e Evidence) toServers() []trace.Packet {
	return slices.DeleteFunc(e.left(), func(p trace.Packet) bool {
		to := p.Dest.Port()
		return p.Protocol != trace.UDP || to != serverPort && to != secondPort
	})
}

// ports returns the ports that packets come from, each once.
func ports(packets []trace.Packet) []uint16 {
	var all []uint16
	for _, p := range packets {
		if from := p.Source.Port(); !slices.Contains(all, from) {
			all = append(all, from)
		}
	}
	return all
}

func reachesBoth(e Evidence) Finding {
	first, second := 0, 0
	for _, p := range e.toServers() {
		if p.Dest.Port() == serverPort {
			first++
		} else {
			second++
		}
	}
	if first > 0 && second > 0 {
		return met("%s left for port %d, and %s for port %d", plural(first, "datagram"), serverPort, plural(second, "datagram"), secondPort)
	}
	if first+second == 0 {
		return sentNowhere(e)
	}
	reached, missed := serverPort, secondPort
	if second > 0 {
		reached, missed = missed, reached
	}
	f := unmet("%s left for port %d, and none for port %d", plural(first+second, "datagram"), reached, missed)
	if all := e.dialed(); len(all) > 0 && all[0].datagram() {
		f.Saw += ". connect(2) had made port 1337 the socket's peer, and Go does not let WriteTo name another"
		f = f.calls(all[0].connect).by(e.during(all[0].connect, udpConnect...))
	}
	return f.packets(e.toServers())
}

// fromOneSocket: it is one descriptor that both were sent on.
func fromOneSocket(e Evidence) Finding {
	var senders []socket
	for _, s := range e.sockets() {
		if slices.ContainsFunc(moved(s.named(sending...)), func(c trace.Syscall) bool {
			p, ok := e.sentBy(c)
			return ok && (p.Dest.Port() == serverPort || p.Dest.Port() == secondPort)
		}) {
			senders = append(senders, s)
		}
	}
	from := ports(e.toServers())
	if len(senders) == 1 && len(from) == 1 {
		return met("one socket sent both, from one port").packets(e.toServers())
	}
	var made []trace.Syscall
	var connected bool
	for _, s := range senders {
		made = append(made, s.calls[0])
		connected = connected || s.has("connect")
	}
	f := unmet("%s sent them, from %s", plural(len(senders), "socket"), plural(len(from), "port"))
	if connected {
		f.Saw += ": a socket that was dialed has one peer, so each server took one of its own"
	}
	return f.calls(made...).packets(e.toServers())
}

func readsBothAnswers(e Evidence) Finding {
	var from []netip.AddrPort
	nameless := 0
	for _, c := range e.receives() {
		switch who := c.Peer(); {
		case who.Port() == 0:
			nameless++ // read(2) does not tell
		case !slices.Contains(from, who):
			from = append(from, who)
		}
	}
	if len(from)+nameless >= 2 {
		return met("it received from both").calls(e.receives()...)
	}
	if len(e.receives()) == 0 {
		return readsAnswer(e)
	}
	return unmet("it received the answer of one of them only").calls(e.receives()...)
}
