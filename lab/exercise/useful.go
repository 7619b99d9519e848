package exercise

import "dialpath/lab/kernel"

func useful() []Exercise {
	return []Exercise{noAllocation, oneCall}
}

var noAllocation = Exercise{
	Number: 15, Name: "no-allocation", Theme: themeUseful, Peer: "pinger", Serves: true,
	Stacks: []string{kernel.UDPSend, kernel.UDPReceive, "sock_recvmsg"},
	Questions: []Question{
		{
			Key: "addresses", Text: "At how many addresses in memory does the kernel put the 100 datagrams?",
			Why: "One buffer is enough: the last datagram has been sent back when the next one comes. Several in turn are as " +
				"good, and one on the stack may move as that grows.",
			count: func(e Evidence) int { return len(e.buffers()) },
		},
		{
			Key: "sends", Text: "How many system calls send the answers?",
			Why:   "100: one for each datagram.",
			count: func(e Evidence) int { return len(e.sends()) },
		},
	},
	Expect: []Expectation{
		{"each of the 100 datagrams is answered", answersAll},
		{"they are received at a few addresses in memory, 20 at most, again and again", sameBuffer},
		{"no net.Addr is made for a datagram that is received", noAddressOfSender},
		{"no net.Addr is made for one that is sent", noAddressOfReceiver},
	},
}

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
