package exercise

import (
	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var threeDials = Exercise{
	Number: 1, Name: "three-dials", Theme: themeDialing, Peer: "echo",
	Functions: []string{"tcp_connect", "udp_sendmsg"},
	Stacks:    []string{kernel.TCPConnect, kernel.UDPConnect, kernel.UDPSend}, // which counts them, too
	Strict:    true,
	// They are about one dial of each kind.
	Questions: []Question{{
		Key: "connects", Text: "How many times is connect(2) called, in all three dials together?",
		Why:   "Once in each: to dial is to call connect(2), whatever the protocol.",
		count: func(e Evidence) int { return len(e.calls("connect")) },
	}, {
		Key: "packets-tcp", Text: `How many TCP packets leave your machine, from net.Dial("tcp") until that connection has wholly ended?`,
		Why:   "SYN, and ACK for the server's SYN ACK: there the dial is over. FIN ACK at the close, and ACK for the server's own FIN.",
		count: func(e Evidence) int { return leaving(e, trace.TCP) },
	}, {
		Key: "packets-udp", Text: `How many UDP packets leave at net.Dial("udp") and net.DialUDP, until both are closed?`,
		Why:   "A dial and a close send none: there is no handshake and no farewell. The server never learns that somebody has dialed.",
		count: func(e Evidence) int { return leaving(e, trace.UDP) },
	}, {
		Key: "tcp-connect", Text: "How many times does the kernel's function tcp_connect run?",
		Why:   "Once. connect(2) on a TCP socket leads to it, by way of tcp_v4_connect; it builds the SYN and sends it.",
		count: func(e Evidence) int { return e.counted(kernel.Players(kernel.TCPConnect)) },
	}, {
		Key: "udp-connect", Text: "How many times does the kernel's UDP connect run (udp_connect; before Linux 6.13 ip4_datagram_connect)?",
		Why:   `Once for net.Dial("udp") and once for net.DialUDP: to the kernel they are the same dial.`,
		count: func(e Evidence) int { return e.counted(udpConnect) },
	}, {
		Key: "udp-sendmsg", Text: "How many times does udp_sendmsg run, which sends a UDP datagram?",
		Why:   "It runs once for each datagram that is written, and to connect a UDP socket is to send nothing.",
		count: func(e Evidence) int { return e.counted(udpSend) },
	}},
	Expect: []Expectation{
		{`it dials the server three times: by net.Dial("tcp"), net.Dial("udp") and net.DialUDP, in that order`, dialsThrice},
		{"it dials nobody else, and writes nothing", keepsToThat},
		{"each of the three is closed", closesAll},
	},
}

func leaving(e Evidence, protocol trace.Protocol) int {
	n := 0
	for _, p := range e.left() {
		if p.Protocol == protocol {
			n++
		}
	}
	return n
}

// dialsThrice: the three dials of the server are there, in their order, and no others.
func dialsThrice(e Evidence) Finding {
	all := e.dialed()
	var seen []string
	var connects []trace.Syscall
	for _, d := range all {
		seen = append(seen, d.String())
		connects = append(connects, d.connect)
	}
	switch got := join(seen); got {
	case `net.Dial("tcp"), net.Dial("udp"), net.DialUDP`:
		return met("%s", got).calls(connects...)
	case "":
		return unmet("it dialed nobody at %s", e.server())
	default:
		return unmet("it dialed by %s", got).calls(connects...)
	}
}

// keepsToThat: the numbers are about three dials, and about nothing else that a program may do.
func keepsToThat(e Evidence) Finding {
	if calls := e.calls("connect"); len(calls) > len(e.dialed()) {
		for _, c := range calls {
			if c.Peer() != e.server() {
				return unmet("connect(2) was called for %s, too", c.Peer()).calls(calls...)
			}
		}
		return unmet("connect(2) was called %s", plural(len(calls), "time")).calls(calls...)
	}
	for _, c := range e.calls(sending...) {
		if c.Errno == "" && isSending(c) {
			return unmet("%s(2) wrote to a socket", c.Name).calls(c)
		}
	}
	return met("nothing else was asked for")
}

// closesAll: a socket is closed with its last copy.
func closesAll(e Evidence) Finding {
	for _, d := range e.dialed() {
		if _, closed := d.closed(); closed {
			continue
		}
		if d.has("close") {
			return unmet("the socket of %v was closed on one descriptor, and left open on another", d).
				calls(append([]trace.Syscall{d.connect}, d.named("close")...)...)
		}
		return unmet("the socket of %v was left to the end of the program", d).calls(d.connect)
	}
	return met("close(2) was called on each")
}
