package exercise

import (
	"net/netip"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/plan"
	"dialpath/lab/trace"
)

var localhost = Exercise{
	Number: 10, Name: "localhost", Theme: themeWeird, Peer: "beside",
	Stacks:      []string{kernel.UDPSend, "udpv6_sendmsg"},
	GoFunctions: []plan.GoFunction{{Name: lookupStaticHost, Text: true}},
	Questions: []Question{
		{
			Key: "connects", Text: "A guess: how often does your program call connect(2), what Go tries out included?",
			Why: "To put the addresses of a name in order, Go connects a UDP socket to each of them, which sends nothing: " +
				"so it learns whether there is a way, and from which address of its own. The others are your dials.",
			count: func(e Evidence) int { return len(e.calls("connect")) },
		},
		{
			Key: "ipv6-packets", Text: "As handed out: how many packets leave over IPv6 before the program gives up?",
			Why: "2: its datagram, and the ICMPv6 that says that nobody is there. That leaves as well, for both ends are on " +
				"this machine.",
			number: exactly(2),
			count: func(e Evidence) int {
				return len(e.packets(func(p trace.Packet) bool {
					return p.Device == "lo" && p.Direction == trace.Out && isIPv6(p.Dest.Addr())
				}))
			},
		},
	},
	Expect: []Expectation{
		{"a datagram goes to the server, at 127.0.0.1:1337", overIPv4},
		{"the address is a name, localhost, and Go looks it up before", looksUp},
		{"it reads the whole answer", hearsBeside},
	},
}

// lookupStaticHost looks a name up in /etc/hosts, of whatever function of package net asks
// for it.
const lookupStaticHost = "net.lookupStaticHost"

// beside is where the server is: on the machine of the program.
var beside = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), serverPort)

// toServer returns the UDP packets that were sent to the server's port at an address that
// is as wanted. Where both ends are on one machine, the packets of both are the program's.
func (e Evidence) toServer(wanted func(netip.Addr) bool) []trace.Packet {
	return e.packets(func(p trace.Packet) bool {
		return isUDP(p) && p.Direction == trace.Out && p.Dest.Port() == serverPort && wanted(p.Dest.Addr())
	})
}

func isBeside(a netip.Addr) bool { return a.Unmap() == beside.Addr() }

func isIPv6(a netip.Addr) bool { return !a.Unmap().Is4() }

// overIPv4: some datagram took IPv4's road, and to the server's own address. What went to
// others before is no matter: a program may try several.
func overIPv4(e Evidence) Finding {
	if sent := e.toServer(isBeside); len(sent) > 0 {
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
	if sent := e.toServer(func(netip.Addr) bool { return true }); len(sent) > 0 {
		return unmet("the datagram left for %s, where the server is not", sent[0].Dest).packets(sent).by(guilty)
	}
	return unmet("no datagram left for the server")
}

// looksUp: Go has looked for the name before the program said to the kernel where a datagram
// is to go.
func looksUp(e Evidence) Finding {
	f, asked := e.GoFunction(lookupStaticHost)
	sent := e.toServer(isBeside)
	if f.Lack == trace.LacksFunction {
		return unmet("the program has no function %s, by which Go looks names up: so it had the address", lookupStaticHost).packets(sent)
	}
	if why := unwatched(lookupStaticHost, f, asked); why != nil {
		return *why
	}
	if len(e.lookedUp(sent)) > 0 {
		return met("%s looked for it", lookupStaticHost)
	}
	if len(f.Calls) > 0 {
		return unmet("%s did not look for localhost before the socket was told where to send to: so the program had the address", lookupStaticHost).
			calls(e.calls("connect", "sendto")...).by(stackOf(f.Calls[0]))
	}
	return unmet("Go did not look for localhost, for %s was not called: so the program had the address", lookupStaticHost).
		calls(e.calls("connect", "sendto")...)
}

// lookedUp returns those of some packets before which the name was looked up: before the
// socket was connected or, if it was not, before the call that sent.
func (e Evidence) lookedUp(sent []trace.Packet) (after []trace.Packet) {
	f, _ := e.GoFunction(lookupStaticHost)
	for _, p := range sent {
		told := p.Time
		for _, c := range e.socket(p.Socket).calls {
			if c.Time < told && (c.Name == "connect" && isBeside(c.Peer().Addr()) || leftIn(p, c)) {
				told = c.Time
			}
		}
		if slices.ContainsFunc(f.Calls, func(c trace.GoCall) bool {
			return c.Role == e.you && c.Time < told && strings.EqualFold(strings.TrimSuffix(c.Text, "."), "localhost")
		}) {
			after = append(after, p)
		}
	}
	return after
}

// hearsBeside: the answer of a server on the same machine got to the program, all of it, and
// by the socket that had asked.
func hearsBeside(e Evidence) Finding {
	var short *receipt
	for _, p := range e.lookedUp(e.toServer(isBeside)) {
		for _, r := range e.received(e.socket(p.Socket)) {
			switch {
			case !r.known() || r.packet.Source != beside:
			case r.whole:
				return met("%s(2) returned %s", r.call.Name, plural(r.length, "byte")).calls(r.call)
			case short == nil:
				short = &r
			}
		}
	}
	if short != nil {
		return unmet("%s(2) had room for %s, and the answer has %d", short.call.Name, plural(short.length, "byte"), short.packet.Payload()).
			calls(short.call)
	}
	answers := e.packets(func(p trace.Packet) bool { return isUDP(p) && p.Direction == trace.In && p.Source == beside })
	return unmet("the server has answered, and the program did not receive that").packets(answers)
}
