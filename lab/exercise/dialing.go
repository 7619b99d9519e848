package exercise

import "dialpath/lab/kernel"

// The themes.
const (
	themeDialing = "Dial and DialUDP"
	themeReading = "Reading"
	themeWeird   = "Weird"
	themeUseful  = "Useful"
)

// serverPort is the article's.
const serverPort = 1337

func dialing() []Exercise {
	return []Exercise{threeDials, silentDial, noConnect, twoPeers, noDifference}
}

var threeDials = Exercise{
	Number: 1, Name: "three-dials", Theme: themeDialing, Peer: "echo",
	Functions: []string{"tcp_connect", "udp_sendmsg"},
	Stacks:    []string{kernel.TCPConnect, kernel.UDPConnect, kernel.UDPSend}, // which counts them, too
	Strict:    true,
	Questions: threeDialsQuestions,
	Expect: []Expectation{
		{`it dials the server three times: by net.Dial("tcp"), net.Dial("udp") and net.DialUDP, in that order`, dialsThrice},
		{"each of the three is closed", closesAll},
	},
}

var silentDial = Exercise{
	Number: 2, Name: "silent-dial", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.TCPConnect, kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "packets-sent", Text: "How many packets does your program send in all?",
		Why:   "The dial sends none, and each write sends one. Closing a UDP socket is silent, too.",
		count: func(e Evidence) int { return len(e.left()) },
	}},
	Expect: []Expectation{
		{"the program dials: connect(2) to the server", dials},
		{"no packet leaves before the first write(2)", silentUntilWrite},
		{"what leaves then is a datagram with what it has written", writesDatagram},
		{"it reads the answer", readsAnswer},
	},
}

var noConnect = Exercise{
	Number: 3, Name: "no-connect", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "connects", Text: "How many times does your program call connect(2)?",
		Why:   "It needs none: the address goes to the kernel with the datagram, as an argument of sendto(2).",
		count: func(e Evidence) int { return len(e.calls("connect")) },
	}, {
		Key: "packets-sent", Text: "How many packets does it send in all?",
		Why:   "One for each datagram, and nothing else. Without connect(2), too, the socket gets its port without a word.",
		count: func(e Evidence) int { return len(e.left()) },
	}},
	Expect: []Expectation{
		{"no socket is connected to the server", staysUnconnected},
		{"a system call that names the server, as sendto(2) does, sends a datagram there", namesServer},
		{"it reads the answer", readsAnswer},
	},
}

var twoPeers = Exercise{
	Number: 4, Name: "two-peers", Theme: themeDialing, Peer: "two-echoes",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "ports", Text: "From how many ports do the datagrams to the two servers leave?",
		Why:   "From one: the port is the socket's, wherever its datagrams go.",
		count: func(e Evidence) int { return len(ports(e.toServers())) },
	}, {
		Key: "packets", Text: "How many packets leave your machine and arrive at it, taken together?",
		Why:   "One for each datagram and one for each answer: UDP has nothing to shake hands about, and nothing to acknowledge.",
		count: func(e Evidence) int { return len(e.left()) + len(e.came("UDP")) },
	}},
	Expect: []Expectation{
		{"a datagram leaves for each of the two servers", reachesBoth},
		{"both are sent by one socket, from one port", fromOneSocket},
		{"it reads both answers", readsBothAnswers},
	},
}

var noDifference = Exercise{
	Number: 5, Name: "no-difference", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "calls-differing", Text: "Once both dials do the same: in how many system calls do their sockets differ?",
		Why:   "In none. DialUDP gives you another Go type to hold, *net.UDPConn, and the kernel never hears of types.",
		count: differingCalls,
	}, {
		Key: "calls-of-a-dial", Text: "How many system calls does net.Dial make about its socket, from the one that makes it until Dial returns?",
		Why: "socket(2), setsockopt(2) for SO_BROADCAST, which Go sets on every datagram socket, connect(2), epoll_ctl(2), by which the " +
			"runtime has itself told when there is something to read, and getsockname(2) and getpeername(2), which fill LocalAddr and RemoteAddr in. " +
			"A dial that chooses its own address calls bind(2) as well.",
		count: callsOfDial,
	}},
	Expect: []Expectation{
		{"net.Dial dials the server over UDP, and so does net.DialUDP", dialsBothWays},
		{"what is asked of the kernel for the one socket is asked for the other, with the same outcome", alike},
	},
}
