package exercise

import (
	"fmt"
	"net/netip"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var twoPeers = Exercise{
	Number: 4, Name: "two-peers", Theme: themeDialing, Peer: "two-echoes",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "packets-saved", Text: "How many packets, both ways together, does it save to do it by one socket instead of two?",
		Why: "None: four as handed out, and four when it is done, one for each datagram and one for each answer. A dial over UDP is free. " +
			"What is saved is a socket, and its port.",
		count: func(e Evidence) int { return max(0, shippedPackets-len(e.left())-len(e.came(trace.UDP))) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for each of the two servers", reachesBoth},
		{"both are sent by one socket, from one port", fromOneSocket},
		{"it reads both answers, whole, from that socket", readsBothAnswers},
	},
}

// shippedPackets is how many there are, both ways, of the program as it is handed out.
const shippedPackets = 4

// second is the second server: it has the port after the first one's.
func (e Evidence) second() netip.AddrPort {
	return netip.AddrPortFrom(e.server().Addr(), e.server().Port()+1)
}

// toServers are the datagrams that left for one of the two servers.
func (e Evidence) toServers() []trace.Packet { return e.toward(e.server(), e.second()) }

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
	first, second := e.toward(e.server()), e.toward(e.second())
	switch {
	case len(first) > 0 && len(second) > 0:
		return met("%s left for port %d, and %s for port %d", plural(len(first), "datagram"), e.server().Port(),
			plural(len(second), "datagram"), e.second().Port())
	case len(first)+len(second) == 0:
		return sentNowhere(e)
	}
	reached, missed := e.server(), e.second()
	if len(second) > 0 {
		reached, missed = missed, reached
	}
	f := unmet("%s left for port %d, and none for port %d", plural(len(first)+len(second), "datagram"), reached.Port(), missed.Port())
	return e.because(f)
}

// because adds to a finding why one of the two servers got nothing, if the trace has a reason.
func (e Evidence) because(f Finding) Finding {
	if c, failed := e.setUpFailed(); failed {
		f.Saw += fmt.Sprintf(": %s(2) said %s", c.Name, c.Errno)
		if c.Errno == "EADDRINUSE" {
			f.Saw += ", for another socket of the program has that port"
		}
		return f.calls(c)
	}
	var wrong []trace.Packet
	for _, p := range datagrams(e.left()) {
		if p.Dest != e.server() && p.Dest != e.second() && !p.LaterFragment() {
			wrong = append(wrong, p)
		}
	}
	if len(wrong) > 0 {
		f.Saw += fmt.Sprintf("; %s left for %s", plural(len(wrong), "datagram"), wrong[0].Dest)
		return f.packets(wrong)
	}
	f = f.packets(e.toServers())
	for _, c := range e.calls(sending...) {
		if c.Errno != "" && c.Errno != "EAGAIN" {
			f.Saw += fmt.Sprintf(": %s(2) said %s", c.Name, c.Errno)
			return f.calls(c)
		}
	}
	if all := e.dialed(); len(all) == 1 && all[0].datagram() && len(e.toServers()) == 1 {
		d := all[0]
		f.Saw += ". connect(2) had made port 1337 the socket's peer, and Go does not let WriteTo name another"
		f = f.calls(d.connect).by(e.during(d.connect, udpConnect...))
	}
	return f
}

// senders are the sockets that the datagrams for the two servers were sent by, each once.
func (e Evidence) senders() []socket {
	var all []socket
	for _, p := range e.toServers() {
		known := slices.ContainsFunc(all, func(s socket) bool { return s.number == p.Socket })
		if p.Socket != 0 && !known {
			all = append(all, e.socket(p.Socket))
		}
	}
	return all
}

// fromOneSocket: it is one socket that both were sent by, on whichever descriptor.
func fromOneSocket(e Evidence) Finding {
	senders, from := e.senders(), ports(e.toServers())
	if len(senders) == 1 && len(from) == 1 {
		return met("one socket sent both, from one port").packets(e.toServers())
	}
	if len(senders) == 0 {
		return unproved("%s left by no call that the lab saw", plural(len(e.toServers()), "datagram")).packets(e.toServers())
	}
	var made []trace.Syscall
	var connected bool
	for _, s := range senders {
		if len(s.calls) > 0 {
			made = append(made, s.calls[0])
		}
		connected = connected || s.has("connect")
	}
	f := unmet("%s sent them, from %s", plural(len(senders), "socket"), plural(len(from), "port"))
	if connected {
		f.Saw += ": a socket that was dialed has one peer, so each server took one of its own"
	}
	return f.calls(made...).packets(e.toServers())
}

func readsBothAnswers(e Evidence) Finding {
	senders := e.senders()
	if len(senders) == 0 {
		return fromOneSocket(e)
	}
	first, second := e.hears(senders[0], e.server()), e.hears(senders[0], e.second())
	switch {
	case first.Met && second.Met:
		return met("it received from both").calls(append(first.Proof.Calls, second.Proof.Calls...)...)
	case first.Met:
		return e.onlyOne(senders[0], second, e.second())
	case second.Met:
		return e.onlyOne(senders[0], first, e.server())
	}
	return first
}

// onlyOne says why the other server's answer was not received: if not even a part of it was,
// it suffices that one is missing.
func (e Evidence) onlyOne(s socket, f Finding, missed netip.AddrPort) Finding {
	partly := slices.ContainsFunc(e.received(s), func(r receipt) bool { return r.from == missed })
	if f.Unproved || partly {
		return f
	}
	return unmet("it received the answer of one of them only").calls(moved(s.named(receiving...))...)
}
