package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var oneCall = Exercise{
	Number: 16, Name: "one-call", Theme: themeUseful, Peer: "silent",
	Stacks: []string{kernel.UDPSend},
	Questions: []Question{
		{
			Key: "sending-calls", Text: "How many system calls send the 32 datagrams?",
			Why:   "One: sendmmsg(2) is given all of them. A second is needed if the kernel has not taken all.",
			count: func(e Evidence) int { return len(e.sends()) },
		},
		{
			Key: "packets-sent", Text: "How many packets leave?",
			Why:   "32: the system call is shared, and nothing else. Each datagram takes its own way through the kernel.",
			count: func(e Evidence) int { return len(e.left()) },
		},
	},
	Expect: []Expectation{
		{"32 datagrams leave", allDatagramsLeave},
		{"one system call sends them all (two, if the kernel takes them in parts)", fewCalls},
	},
}

// readings is how many datagrams the program has to send.
const readings = 32

func allDatagramsLeave(e Evidence) Finding {
	sent := e.left()
	n := 0
	for _, p := range sent {
		if p.Protocol == trace.UDP && p.Payload() > 0 {
			n++
		}
	}
	if n < readings && e.segmented() {
		return unmet("%s left, which the kernel is to cut up later (UDP_SEGMENT): sendmmsg(2) is what is asked for here",
			plural(n, "packet")).calls(e.calls(append([]string{"setsockopt"}, sending...)...)...).packets(sent)
	}
	if n < readings {
		return unmet("%s left", plural(n, "datagram")).packets(sent).by(e.stack(udpSend...))
	}
	return met("%s left", plural(n, "datagram")).packets(sent)
}

// segmented tells whether the program has set the option UDP_SEGMENT.
func (e Evidence) segmented() bool {
	return slices.ContainsFunc(e.calls("setsockopt"), func(c trace.Syscall) bool { return c.Option.Option == kernel.UDPSegment })
}

// fewCalls: two are allowed, for the kernel may take fewer than it is offered.
func fewCalls(e Evidence) Finding {
	sent := e.sends()
	if len(sent) > 2 {
		return unmet("%d calls of %s(2) sent them", len(sent), sent[0].Name).calls(sent...).by(e.stack(udpSend...))
	}
	return met("%s did", plural(len(sent), "system call")).calls(sent...)
}
