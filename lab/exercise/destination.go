package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

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
			if p, ok := e.sentBy(c); ok && port(p.Dest) == serverPort && names(c) {
				return met("%s(2) sent %s to %s", c.Name, plural(payload(p), "byte"), p.Dest).calls(c)
			}
		}
	}
	return sentNowhere(e)
}

// names tells whether a sending call could name its destination. The kernel's trace has
// the address of sendto(2); sendmsg(2) has it in memory, and on a socket without a peer
// it sends nothing without. write(2) has no room for it.
func names(c trace.Syscall) bool {
	switch c.Name {
	case "sendto":
		return port(peer(c)) != 0
	case "sendmsg", "sendmmsg":
		return true
	}
	return false
}

// sentBy returns the datagram that left in the course of a system call.
func (e Evidence) sentBy(c trace.Syscall) (trace.Packet, bool) {
	for _, p := range e.left() {
		if p.Protocol == "UDP" && c.Time <= p.Time && p.Time <= c.Time+int64(c.Duration) {
			return p, true
		}
	}
	return trace.Packet{}, false
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
		f := unmet("what left was for port %d", port(sent[0].Dest))
		if sent[0].Protocol == "TCP" {
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

// Two servers: the second has the port after the first one's.
const secondPort = serverPort + 1

// toServers are the datagrams that left for one of the two servers.
func (e Evidence) toServers() []trace.Packet {
	return slices.DeleteFunc(e.left(), func(p trace.Packet) bool {
		to := port(p.Dest)
		return p.Protocol != "UDP" || to != serverPort && to != secondPort
	})
}

// ports returns the ports that packets come from, each once.
func ports(packets []trace.Packet) []int {
	var all []int
	for _, p := range packets {
		if from := port(p.Source); !slices.Contains(all, from) {
			all = append(all, from)
		}
	}
	return all
}

func reachesBoth(e Evidence) Finding {
	first, second := 0, 0
	for _, p := range e.toServers() {
		if port(p.Dest) == serverPort {
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
			return ok && (port(p.Dest) == serverPort || port(p.Dest) == secondPort)
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
	var from []string
	nameless := 0
	for _, c := range e.receives() {
		switch who := peer(c); {
		case port(who) == 0:
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
