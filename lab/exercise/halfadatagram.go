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
			Key: "receives", Text: "How many system calls does it take to receive the answer of 1000 bytes?",
			Why:   "One: a datagram comes whole or not at all, and a second call would wait for a second datagram.",
			count: func(e Evidence) int { return len(e.receives()) },
		},
		{
			Key: "bytes-received", Text: "How many bytes does your program receive in all?",
			Why:   "All that came: 1000. A larger buffer does no harm, for the rest of it is left as it is.",
			count: bytesReceived,
		},
	},
	Expect: []Expectation{
		{"an answer comes", answerComes},
		{"each datagram that comes is received whole, by one system call", receivedWhole},
	},
}

func bytesReceived(e Evidence) int {
	n := 0
	for _, c := range e.receives() {
		n += int(c.Return)
	}
	return n
}

// answerComes: the program has asked, over UDP.
func answerComes(e Evidence) Finding {
	came := e.came(trace.UDP)
	switch {
	case len(came) > 0:
		return met("%s came", plural(came[0].Payload(), "byte")).packets(came)
	case len(e.left()) == 0:
		return unmet("the program sent nothing, and nothing came")
	}
	return unmet("none came").packets(e.left())
}

// receivedWhole: for each datagram there is a call that returned as many bytes as it has.
// What a call does not take of a datagram, no later one gets.
func receivedWhole(e Evidence) Finding {
	receives := e.receives()
	left := slices.Clone(receives)
	for _, p := range e.came(trace.UDP) {
		size := p.Payload()
		i := slices.IndexFunc(left, func(c trace.Syscall) bool { return int(c.Return) == size })
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		guilty := e.stack(udpReceive...)
		if len(receives) == 0 {
			return unmet("a datagram of %s came, and no system call received it", plural(size, "byte")).
				packets([]trace.Packet{p}).by(guilty)
		}
		got := receives[0]
		return unmet("a datagram of %s came; %s(2) had room for %d, and the kernel dropped the rest",
			plural(size, "byte"), got.Name, got.Return).packets([]trace.Packet{p}).calls(e.calls(got.Name)...).by(guilty)
	}
	return met("it was").calls(receives...)
}
