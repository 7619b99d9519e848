package exercise

import (
	"net/netip"

	"dialpath/lab/kernel"
	"dialpath/lab/plan"
	"dialpath/lab/trace"
)

var localhost = Exercise{
	Number: 10, Name: "localhost", Theme: themeWeird, Peer: "beside",
	Stacks:      []string{kernel.UDPSend, "udpv6_sendmsg"},
	GoFunctions: []plan.GoFunction{{Name: "net.lookupStaticHost", Text: true}},
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

// toServer returns the UDP packets that were sent to the server's port at an address that
// is as wanted. Where both ends are on one machine, the packets of both are the program's.
func (e Evidence) toServer(wanted func(netip.Addr) bool) []trace.Packet {
	return e.packets(func(p trace.Packet) bool {
		return isUDP(p) && p.Direction == trace.Out && p.Dest.Port() == serverPort && wanted(p.Dest.Addr())
	})
}

func isIPv4(a netip.Addr) bool { return a.Unmap().Is4() }

func isIPv6(a netip.Addr) bool { return !isIPv4(a) }

// overIPv4: some datagram took IPv4's road. What went to the other address before is no
// matter: a program may try both.
func overIPv4(e Evidence) Finding {
	if sent := e.toServer(isIPv4); len(sent) > 0 {
		return met("%s left for %s", plural(sent[0].Payload(), "byte"), sent[0].Dest).packets(sent)
	}
	guilty := e.stack("udpv6_sendmsg", "udp_sendmsg")
	if sent := e.toServer(isIPv6); len(sent) > 0 {
		refused := e.packets(func(p trace.Packet) bool { return p.Protocol == trace.ICMPv6 && p.Time > sent[0].Time })
		if len(refused) == 0 {
			return unmet("the datagram left for %s: that is IPv6, where nobody listens", sent[0].Dest).
				packets(sent).by(guilty)
		}
		return unmet("the datagram left for %s: that is IPv6, where nobody listens, and ICMPv6 came back", sent[0].Dest).
			packets([]trace.Packet{sent[0], refused[0]}).by(guilty)
	}
	if sent := e.packets(isTCP); len(sent) > 0 {
		return unmet("what left was TCP, to %s, and the server is one of UDP", sent[0].Dest).packets(sent)
	}
	return unmet("no datagram left for the server")
}

// looksUp: Go has put the addresses of a name in order, as net.Dial and
// net.ResolveUDPAddr do (RFC 6724): it has connected a socket to each. The port there is
// Go's affair: 9 for long, and 53 in Go 1.26.
func looksUp(e Evidence) Finding {
	for _, c := range e.calls("connect") {
		if p := c.Peer().Port(); p != 0 && p != serverPort {
			return met("connect(2) tried %s", c.Peer()).calls(c)
		}
	}
	return unmet("net.Dial and net.ResolveUDPAddr try the addresses of a name out by connect(2), to another port, before they " +
		"choose one; there was no such call, so the program had the address").calls(e.calls("connect", "sendto")...)
}

// hearsBeside: the answer of a server on the same machine got to the program.
func hearsBeside(e Evidence) Finding {
	if got := e.receives(); len(got) > 0 {
		return met("%s(2) returned %s", got[0].Name, plural(got[0].Return, "byte")).calls(got[0])
	}
	return unmet("the server has answered, and the program received nothing")
}
