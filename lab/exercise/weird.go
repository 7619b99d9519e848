package exercise

import "dialpath/lab/kernel"

func weird() []Exercise {
	return []Exercise{localhost, halfADatagram, doesNotFit, flood, fewerSegments}
}

var localhost = Exercise{
	Number: 10, Name: "localhost", Theme: themeWeird, Peer: "beside",
	Stacks: []string{kernel.UDPSend, "udpv6_sendmsg"},
	Questions: []Question{
		{
			Key: "connects", Text: "A guess: how often does your program call connect(2), what Go tries out included?",
			Why: "To put the addresses of a name in order, Go connects a UDP socket to each of them, which sends nothing: " +
				"so it learns whether there is a way, and from which address of its own. The others are your dials.",
			count: func(e Evidence) int { return len(e.calls("connect")) },
		},
		{
			Key: "ipv6-packets", Text: "How many packets go to [::1]:1337?",
			Why:   "None, if your program writes to a socket for 127.0.0.1 only. Where it writes to one for ::1, each write is one.",
			count: func(e Evidence) int { return len(e.toServer(isIPv6)) },
		},
	},
	Expect: []Expectation{
		{"a datagram goes to the server, over IPv4", overIPv4},
		{"the address is a name, and Go looks it up", looksUp},
		{"it reads the answer", hearsBeside},
	},
}

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

var doesNotFit = Exercise{
	Number: 12, Name: "does-not-fit", Theme: themeWeird, Peer: "silent",
	Stacks: []string{kernel.UDPSend, "sock_write_iter"},
	Questions: []Question{
		{
			Key: "packets-sent", Text: "How many packets does your program send?",
			Why: "The link takes packets of 1500 bytes. IP's header has 20 of them and UDP's 8, so a datagram that is sent " +
				"in one piece carries at most 1472, and 66000 bytes take 45. Smaller pieces are more packets; with UDP_SEGMENT " +
				"there are fewer here, which the kernel cuts up later.",
			count: func(e Evidence) int { return len(e.left()) },
		},
		{
			Key: "sending-calls", Text: "How many system calls send them?",
			Why:   "As many as there are datagrams, if each is written by itself: 45 of the largest.",
			count: func(e Evidence) int { return len(e.sends()) },
		},
	},
	Expect: []Expectation{
		{"all 66000 bytes leave, in datagrams", allLeave},
		{"no packet is a fragment", noFragments},
		{"they carry the bytes of the report", ofReport},
	},
}

var flood = Exercise{
	Number: 13, Name: "flood", Theme: themeWeird, Peer: "flood", Serves: true,
	Stacks: []string{kernel.PacketDrop, kernel.UDPReceive, "sock_recvmsg"},
	Questions: []Question{{
		Key: "received", Text: "400 datagrams are sent to your program. How many does it receive?",
		Why: "All of them, although the work on them takes far longer than the flood: it is the reading that must keep up, " +
			"not the work.",
		count: func(e Evidence) int { return e.datagramsReceived() },
	}},
	Expect: []Expectation{
		{"the datagrams come to your server", floodComes},
		{"each that comes is received", floodReceived},
	},
}

var fewerSegments = Exercise{
	Number: 14, Name: "fewer-segments", Theme: themeWeird, Peer: "slow-ack",
	Stacks: []string{kernel.TCPTransmit, "tcp_sendmsg"},
	Questions: []Question{
		{
			Key: "segments", Text: "How many segments with data does your program send?",
			Why:   "Eight: with Nagle's algorithm off, the kernel sends what a write brings, however little, and waits for nobody.",
			count: func(e Evidence) int { return len(e.segments()) },
		},
		{
			Key: "largest", Text: "How many bytes of data does the largest of them carry?",
			Why:   "Ten, as much as one write: nothing has waited, so nothing was put together.",
			count: func(e Evidence) int { return largest(e.segments()) },
		},
	},
	Expect: []Expectation{
		{"the program writes 80 bytes over TCP, by eight system calls", writesEight},
		{"each write leaves in a segment of its own", ownSegments},
		{"they do not wait for the ACK of the one before", unacknowledged},
	},
}
