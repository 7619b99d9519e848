package exercise

import "dialpath/lab/kernel"

func reading() []Exercise {
	return []Exercise{answerAStranger, notForEver, nobodyListens, keepStrangersOut}
}

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

var notForEver = Exercise{
	Number: 7, Name: "not-for-ever", Theme: themeReading, Peer: "silent",
	Stacks: []string{kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "reads", Text: "How many times is the kernel asked for the answer: read(2), or recvfrom(2), on the socket?",
		Why:   "A Read asks once: EAGAIN, there is nothing. From then on Go's runtime waits for the poller, and a deadline ends the wait without asking again. Only the next Read asks anew.",
		count: func(e Evidence) int { return len(e.calls(receiving...)) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the program tries to read an answer", triesToRead},
		{"within two seconds it gives up, and closes the socket", givesUp},
		{"meanwhile it waits, for 50 ms at least, and asks three times at most", waits},
	},
}

var nobodyListens = Exercise{
	Number: 8, Name: "nobody-listens", Theme: themeReading, Peer: "nobody",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "packets-back", Text: "How many packets does the other machine, where nobody listens, send back?",
		Why:   "One for each datagram: an ICMP message, destination unreachable, port unreachable. It has the beginning of your datagram in it, so that your kernel can tell whose it was.",
		count: func(e Evidence) int { return len(e.came("ICMP")) },
	}, {
		Key: "refused", Text: "How many system calls return ECONNREFUSED?",
		Why:   "One at most for each ICMP message. The error waits on the socket, the next call takes it away, and the call after that starts afresh.",
		count: func(e Evidence) int { return len(e.refused()) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the other machine says that nobody listens: ICMP port unreachable", unreachableCame},
		{"the program hears of it: a system call on its socket returns ECONNREFUSED", hearsRefusal},
	},
}

var keepStrangersOut = Exercise{
	Number: 9, Name: "keep-strangers-out", Theme: themeReading, Peer: "intruder",
	Stacks: []string{kernel.UDPConnect, kernel.UDPReceive},
	Questions: []Question{{
		Key: "arrived", Text: "You send one datagram. How many arrive at your machine?",
		Why:   "Two for each that you send: the stranger's and the answer. Nobody can keep the first from being sent.",
		count: func(e Evidence) int { return len(e.came("UDP")) },
	}, {
		Key: "received", Text: "How many does your program receive?",
		Why:   "Only the answer to each. A connected socket is found by datagrams that come from its peer alone: the stranger's finds no socket, and is refused.",
		count: func(e Evidence) int { return len(e.receives()) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for the server", asksServer},
		{"the stranger's datagram arrives at the machine", strangerCame},
		{"the kernel does not hand the stranger's datagram to the program", strangerKeptOut},
		{"the program receives the server's answer", answerReceived},
	},
}
