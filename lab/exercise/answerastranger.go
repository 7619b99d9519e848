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
		Key: "connects", Text: "How many times does your server call connect(2), to be able to answer?",
		Why:   "It needs none. A server has many to answer, and a connected socket has one peer: sendto(2) names another each time.",
		count: func(e Evidence) int { return len(e.calls("connect")) },
	}, {
		Key: "bytes-on-wire", Text: "The question has 12 bytes. How long is the packet that brings it, with its IPv4 header?",
		Why:   "40 bytes: 20 of IPv4, 8 of UDP, 12 of question. The asker's address and port stand in the headers: that is how ReadFrom knows them.",
		count: lengthOfQuestion,
	}},
	Expect: []Expectation{
		{"the question is received together with the asker's address, by recvfrom(2) or recvmsg(2)", learnsAddress},
		{"an answer leaves for the asker, from port 1337, where it had asked", answersAsker},
		{"the answer is the question, word for word", repeatsQuestion},
		{"the answer reaches the asker", answerArrives},
	},
}

// question returns the first datagram that came to the server.
func (e Evidence) question() (trace.Packet, bool) {
	for _, p := range e.came(trace.UDP) {
		if p.Dest.Port() == serverPort {
			return p, true
		}
	}
	return trace.Packet{}, false
}

func lengthOfQuestion(e Evidence) int {
	q, _ := e.question()
	return q.Length
}

// learnsAddress: what received the question told whose it was. Of recvmsg(2) older traces have
// no address, but that call always can tell.
func learnsAddress(e Evidence) Finding {
	received := e.receives()
	for _, c := range received {
		if c.Peer().Port() != 0 || c.Name == "recvmsg" || c.Name == "recvmmsg" {
			return met("%s(2) returned %s, and whose they were", c.Name, plural(c.Return, "byte")).calls(c)
		}
	}
	if len(received) > 0 {
		c := received[0]
		f := unmet("%s(2) returned %s, and not whose they were", c.Name, plural(c.Return, "byte"))
		proof := []trace.Syscall{c}
		if lost, ok := e.failed("EDESTADDRREQ"); ok {
			f.Saw += "; so the " + lost.Name + "(2) that followed had nobody to go to: EDESTADDRREQ"
			proof = append(proof, lost)
		}
		return f.calls(proof...).by(e.during(c, udpReceive...))
	}
	q, came := e.question()
	if !came {
		return unmet("no question came: nobody listened at port %d", serverPort)
	}
	return unmet("the question came, and the program did not receive it").packets([]trace.Packet{q})
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
		return learnsAddress(e)
	}
	sent := datagrams(e.left())
	for _, p := range sent {
		if p.Dest == q.Source && p.Source.Port() == serverPort {
			return met("%s left", plural(p.Payload(), "byte")).packets([]trace.Packet{q, p})
		}
	}
	if len(sent) == 0 {
		return sentNowhere(e)
	}
	proof := append([]trace.Packet{q}, sent...)
	by := e.stack(udpSend...)
	if !slices.ContainsFunc(sent, func(p trace.Packet) bool { return p.Dest == q.Source }) {
		return unmet("%s left, and none for the port that the question had come from", plural(len(sent), "datagram")).packets(proof).by(by)
	}
	return unmet("an answer left for the asker from another port, that of another socket: " +
		"the asker's socket is connected to port 1337 and takes nothing else").packets(proof).by(by)
}

// repeatsQuestion: what left for the asker is what had come. A packet is kept with its
// first bytes, and the question is shorter.
func repeatsQuestion(e Evidence) Finding {
	q, _ := e.question()
	var answers []trace.Packet
	for _, p := range e.left() {
		if p.Protocol != trace.UDP || p.Dest != q.Source {
			continue
		}
		if p.Payload() == q.Payload() && bytes.Equal(p.Content(), q.Content()) {
			return met("the same %s left", plural(p.Payload(), "byte")).packets([]trace.Packet{q, p})
		}
		answers = append(answers, p)
	}
	if len(answers) == 0 {
		return answersAsker(e)
	}
	f := unmet("the answer had %s, as the question, but not the same", plural(q.Payload(), "byte"))
	if n := answers[0].Payload(); n != q.Payload() {
		f = unmet("the question had %s, and the answer %d", plural(q.Payload(), "byte"), n)
	}
	return f.packets(append([]trace.Packet{q}, answers...)).by(e.stack(udpSend...))
}

// answerArrives: the asker's own system call returned it.
func answerArrives(e Evidence) Finding {
	for _, c := range moved(e.SocketCalls(e.other())) {
		if slices.Contains(receiving, c.Name) {
			return met("the asker's %s(2) returned %s", c.Name, plural(c.Return, "byte")).calls(c)
		}
	}
	return unmet("the asker did not receive it: it had waited for two seconds, and gone")
}
