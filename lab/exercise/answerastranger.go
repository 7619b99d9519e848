package exercise

import (
	"bytes"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var answerAStranger = Exercise{
	Number: 6, Name: "answer-a-stranger", Theme: themeReading, Peer: "asker", Serves: true,
	Stacks: []string{kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "packets-back", Text: "As the program is handed out: how many packets does the asker's machine get back, ICMP messages included?",
		Why: "None. Your kernel took the datagram from the wire, and a socket took it from there: it was delivered. What the program then fails at, " +
			"the asker never hears.",
		number: exactly(0), count: func(e Evidence) int { return len(e.backAtAsker()) },
	}, {
		Key: "bytes-on-wire", Text: "The question has 12 bytes. How long is the packet that brings it, with its IPv4 header?",
		Why:   "40 bytes: 20 of IPv4, 8 of UDP, 12 of question. The asker's address and port stand in the headers: that is how ReadFrom knows them.",
		count: lengthOfQuestion,
	}},
	Expect: []Expectation{
		{"an answer leaves for the asker, from port 1337, where it had asked", answersAsker},
		{"nothing leaves for anybody else", keepsToAsker},
		{"what the asker receives first is the question, word for word", repeatsQuestion},
	},
}

// backAtAsker are the packets that came to the asker's machine: those that a program may hear
// of.
func (e Evidence) backAtAsker() []trace.Packet {
	return e.packets(func(p trace.Packet) bool {
		return p.Role == e.other() && p.Direction == trace.In && slices.Contains([]trace.Protocol{trace.TCP, trace.UDP, trace.ICMP}, p.Protocol)
	})
}

// question returns the first datagram that came to the server.
func (e Evidence) question() (trace.Packet, bool) {
	for _, p := range e.came(trace.UDP) {
		if p.Dest == e.server() {
			return p, true
		}
	}
	return trace.Packet{}, false
}

func lengthOfQuestion(e Evidence) int {
	q, _ := e.question()
	return q.Length
}

// noAnswer says why none left: the question was not received, or not whose it was, or what
// the program then tried went wrong.
func noAnswer(e Evidence) Finding {
	q, came := e.question()
	received := e.receives()
	switch {
	case !came:
		return unmet("no question came: nobody listened at %s", e.server())
	case len(received) == 0:
		return unmet("the question came, and the program did not receive it").packets([]trace.Packet{q})
	}
	whose := slices.ContainsFunc(received, func(c trace.Syscall) bool {
		return c.Peer().Port() != 0 || slices.ContainsFunc(c.Each, func(m trace.Message) bool { return sender(m).Port() != 0 })
	})
	if whose {
		return sentNowhere(e)
	}
	c := received[0]
	f := unmet("%s(2) returned %s, and not whose they were", c.Name, plural(c.Return, "byte"))
	proof := []trace.Syscall{c}
	if lost, ok := e.failed("EDESTADDRREQ"); ok {
		f.Saw += "; so the " + lost.Name + "(2) that followed had nobody to go to: EDESTADDRREQ"
		proof = append(proof, lost)
	}
	return f.calls(proof...).by(e.during(c, udpReceive...))
}

// failed returns the first call on a socket that failed with that error.
func (e Evidence) failed(errno string) (trace.Syscall, bool) {
	for _, c := range e.calls() {
		if c.Errno == errno {
			return c, true
		}
	}
	return trace.Syscall{}, false
}

// answersAsker: an answer leaves from where the question went, for where it came from.
func answersAsker(e Evidence) Finding {
	q, came := e.question()
	if !came {
		return noAnswer(e)
	}
	sent := datagrams(e.left())
	for _, p := range sent {
		if p.Dest == q.Source && p.Source == e.server() {
			return met("%s left", plural(p.Payload(), "byte")).packets([]trace.Packet{q, p})
		}
	}
	if len(sent) == 0 {
		return noAnswer(e)
	}
	proof := append([]trace.Packet{q}, sent...)
	by := e.stack(udpSend...)
	if !slices.ContainsFunc(sent, func(p trace.Packet) bool { return p.Dest == q.Source }) {
		return unmet("%s left, and none for the port that the question had come from", plural(len(sent), "datagram")).packets(proof).by(by)
	}
	return unmet("an answer left for the asker from another port, that of another socket: " +
		"the asker's socket is connected to port 1337 and takes nothing else").packets(proof).by(by)
}

// keepsToAsker: the answer is for the one who has asked, and not for whoever may hear it.
func keepsToAsker(e Evidence) Finding {
	q, _ := e.question()
	others := slices.DeleteFunc(datagrams(e.leftHere()), func(p trace.Packet) bool { return p.Dest == q.Source || p.LaterFragment() })
	if len(others) > 0 {
		return unmet("datagrams left for ports that nobody had asked from").packets(others).by(e.stack(udpSend...))
	}
	return met("all that left was for the asker")
}

// repeatsQuestion: what the asker's own system call returned first is what it had sent. A
// packet is kept with its first bytes, and the question is shorter.
func repeatsQuestion(e Evidence) Finding {
	q, _ := e.question()
	asker := Evidence{e.Trace, e.other()}
	var got []receipt
	for _, s := range asker.sockets() {
		if slices.Contains(asker.portsOf(s), q.Source.Port()) {
			got = asker.received(s)
		}
	}
	if len(got) == 0 {
		return unmet("the asker did not receive it")
	}
	first := got[0]
	asked, answered := sizeOf(q), sizeOf(first.packet)
	var f Finding
	switch {
	case !first.known():
		return unproved("the asker's %s(2) returned %s, and which datagram that was, the lab did not see", first.call.Name, plural(first.length, "byte"))
	case asked == answered && bytes.Equal(q.Content(), first.packet.Content()):
		return met("the asker's %s(2) returned the same %s", first.call.Name, plural(first.length, "byte")).calls(first.call)
	case answered == 0:
		f = unmet("the first datagram that it received was empty")
	case asked != answered:
		f = unmet("the question had %s, and the answer %d", plural(asked, "byte"), answered)
	default:
		f = unmet("the answer had %s, as the question, but not the same", plural(asked, "byte"))
	}
	return f.packets([]trace.Packet{q, first.packet}).by(e.stack(udpSend...))
}
