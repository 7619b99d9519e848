package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var halfADatagram = Exercise{
	Number: 11, Name: "half-a-datagram", Theme: themeWeird, Peer: "long-answer",
	Stacks: []string{kernel.UDPReceive, "sock_recvmsg"},
	Questions: []Question{
		{
			Key: "packet-length", Text: "How many bytes is the packet long that brings an answer, its headers included?",
			Why:    "1028: the answer's 1000, 20 of IP's header and 8 of UDP's. The program is given the 1000, if it has room for them.",
			count:  answerLength,
			number: exactly(1028),
		},
		{
			Key: "errors", Text: "As the program is handed out, 488 bytes of the answer are lost. How many of its calls that receive fail?",
			Why:    "None: read(2) returns 512, as if that were all. UDP's receive throws the rest away, and a success is what it reports.",
			count:  func(e Evidence) int { return len(e.failing(receiving...)) },
			number: exactly(0),
		},
	},
	Expect: []Expectation{
		{"the server is asked, and an answer comes", answerComes},
		{"each datagram that comes is received whole, by one system call", receivedWhole},
	},
}

func answerLength(e Evidence) int {
	if came := e.cameFrom(e.server()); len(came) > 0 {
		return came[0].Length
	}
	return 0
}

// failing returns those of the named calls that failed, and not because there was nothing yet.
func (e Evidence) failing(names ...string) []trace.Syscall {
	return slices.DeleteFunc(e.calls(names...), func(c trace.Syscall) bool { return c.Errno == "" || c.Errno == "EAGAIN" })
}

// answerComes: the program has asked the server, over UDP.
func answerComes(e Evidence) Finding {
	came := e.cameFrom(e.server())
	switch {
	case len(came) > 0:
		return met("%s came", plural(came[0].Payload(), "byte")).packets(came)
	case len(e.left()) == 0:
		return unmet("the program sent nothing, and nothing came")
	case len(e.leftFor(e.server())) == 0:
		return e.nothingFor(e.server())
	}
	return unmet("none came").packets(e.left())
}

// receivedWhole: each datagram was taken by a call that had room for it. What a call does not
// take of a datagram, no later one gets; and what it only looked at, it has not taken.
func receivedWhole(e Evidence) Finding {
	took, looked := e.takings()
	guilty := e.stack(udpReceive...)
	for _, p := range e.cameFrom(e.server()) {
		r, taken := find(took, p)
		if taken && r.whole {
			continue
		}
		size := plural(p.Payload(), "byte")
		if taken {
			return unmet("a datagram of %s came; %s(2) had room for %d, and the kernel dropped the rest", size, r.call.Name, r.length).
				packets([]trace.Packet{p}).calls(r.call).by(guilty)
		}
		if r, seen := find(looked, p); seen {
			return unmet("a datagram of %s came, and %s(2) only looked at it (MSG_PEEK): no system call took it", size, r.call.Name).
				packets([]trace.Packet{p}).calls(r.call).by(guilty)
		}
		if failed := e.failing(receiving...); len(failed) > 0 {
			return unmet("a datagram of %s came, and %s(2) said %s", size, failed[0].Name, failed[0].Errno).
				packets([]trace.Packet{p}).calls(failed...).by(guilty)
		}
		return unmet("a datagram of %s came, and no system call received it", size).packets([]trace.Packet{p}).by(guilty)
	}
	return met("it was").calls(callsOf(took)...)
}

// takings returns what the learner's sockets received: what was taken, and what was looked at.
func (e Evidence) takings() (took, looked []receipt) {
	for _, s := range e.sockets() {
		for _, r := range e.received(s) {
			if r.peek {
				looked = append(looked, r)
			} else {
				took = append(took, r)
			}
		}
	}
	return took, looked
}

// find returns the receipt of a datagram.
func find(receipts []receipt, p trace.Packet) (receipt, bool) {
	i := slices.IndexFunc(receipts, func(r receipt) bool {
		return r.packet.Time == p.Time && r.packet.Source == p.Source && r.known()
	})
	if i < 0 {
		return receipt{}, false
	}
	return receipts[i], true
}

// callsOf returns the calls of some receipts, each once.
func callsOf(receipts []receipt) []trace.Syscall {
	var calls []trace.Syscall
	for _, r := range receipts {
		if len(calls) == 0 || calls[len(calls)-1].Time != r.call.Time {
			calls = append(calls, r.call)
		}
	}
	return calls
}
