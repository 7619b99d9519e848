package exercise

func useful() []Exercise {
	return []Exercise{
		{
			Number: 15, Name: "no-allocation", Theme: themeUseful, Peer: "pinger", Serves: true,
			Stacks: []string{"UDP send", "UDP receive", "sock_recvmsg"},
			Questions: []Question{
				{
					Key: "addresses", Text: "At how many addresses in memory does the kernel put the 100 datagrams?",
					Why: "One: each is put where the last one was, which has been sent back by then. (A buffer that the compiler " +
						"keeps on the stack may move once, when the stack grows.)",
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
				{"all are received into the same memory", sameBuffer},
				{"no net.Addr is made for a datagram that is received", noAddressOfSender},
				{"no net.Addr is made for one that is sent", noAddressOfReceiver},
			},
		},
		{
			Number: 16, Name: "one-call", Theme: themeUseful, Peer: "silent",
			Stacks: []string{"UDP send"},
			Questions: []Question{
				{
					Key: "sending-calls", Text: "How many system calls send the 32 datagrams?",
					Why:   "One: sendmmsg(2) is given all of them.",
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
				{"one system call sends them all, or two", fewCalls},
			},
		},
	}
}
