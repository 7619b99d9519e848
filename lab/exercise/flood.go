package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var flood = Exercise{
	Number: 13, Name: "flood", Theme: themeWeird, Peer: "flood", Serves: true,
	Stacks: []string{kernel.PacketDrop, kernel.UDPReceive, "sock_recvmsg"},
	Questions: []Question{{
		Key: "received", Text: "As the program is handed out: how many of the 400 datagrams does it receive?",
		Why: "Some 120: its receive buffer has room for some 90, and while those fill it, it reads a few. What is counted " +
			"depends on how busy the machine is; from 80 to 250 is right.",
		count:  func(e Evidence) int { return len(e.floodTaken()) },
		number: &between{80, 250},
	}, {
		Key: "senders-errors", Text: "As the program is handed out: how many of the sender's 400 calls of write(2) fail?",
		Why: "None. That the datagram is dropped happens in the course of the sender's own call, and yet nobody tells the sender: " +
			"to UDP what has left has been sent.",
		count:  func(e Evidence) int { return len(moved(e.callsOf(e.other(), sending...))) - len(e.flooded()) },
		number: exactly(0),
	}},
	Expect: []Expectation{
		{"400 datagrams come to your server", floodComes},
		{"each is received, with all of its 1000 bytes", floodReceived},
	},
}

// What the flood is.
const (
	floodCount = 400 // datagrams
	floodSize  = 1000
)

// flooded are the datagrams that were sent to the learner's server.
func (e Evidence) flooded() []trace.Packet {
	return e.packets(func(p trace.Packet) bool {
		return p.Role == e.other() && p.Direction == trace.Out && isUDP(p) && isFor(p, e.server())
	})
}

// floodTaken are those of them that the program took from its socket.
func (e Evidence) floodTaken() []receipt {
	took, _ := e.takings()
	return slices.DeleteFunc(took, func(r receipt) bool { return !r.known() || !isFor(r.packet, e.server()) })
}

// dropped returns the earliest stack on which the kernel threw away a datagram that had
// found its socket, or nil. That is done as it arrives, on whichever thread is running:
// here, the sender's. Its count is of all that were thrown away, also on other stacks.
func (e Evidence) dropped() *trace.Stack {
	var first *trace.Stack
	var total uint64
	for _, s := range e.Stacks {
		threwAway := slices.ContainsFunc(kernel.Players(kernel.PacketDrop), func(f string) bool { return passes(s, f) }) ||
			s.Function == "skb:kfree_skb"
		queueing := passes(s, "udp_queue_rcv_one_skb") || passes(s, "udpv6_queue_rcv_one_skb")
		if !threwAway || !queueing {
			continue
		}
		total += s.Count
		if first == nil || s.First < first.First {
			first = &s
		}
	}
	if first != nil {
		first.Count = total
	}
	return first
}

func floodComes(e Evidence) Finding {
	sent, came := len(e.flooded()), len(e.came(trace.UDP))
	switch {
	case came == 0:
		return unmet("none came: no socket waited for them")
	case sent < floodCount && len(e.turnedAway()) > 0:
		return unmet("the flood ended early: to some that came the kernel had to say that nobody listens (ICMP), for the socket was closed, " +
			"or took nothing from the sender").packets(e.turnedAway())
	case sent < floodCount:
		return unmet("the flood ended early, with the program")
	}
	return met("%s came", plural(came, "datagram"))
}

// turnedAway are the ICMP messages by which the learner's machine said that nobody listens.
func (e Evidence) turnedAway() []trace.Packet {
	return e.packets(func(p trace.Packet) bool {
		return p.Role == e.you && p.Direction == trace.Out && portUnreachable(p)
	})
}

func floodReceived(e Evidence) Finding {
	took := e.floodTaken()
	for _, r := range took {
		if r.length < floodSize {
			return unmet("%s(2) had room for %d of a datagram's %d bytes, and the kernel dropped the rest", r.call.Name, r.length, floodSize).
				calls(r.call).by(e.stack(udpReceive...))
		}
	}
	switch {
	case len(took) >= floodCount:
		return met("%d came, and %d were received", len(e.came(trace.UDP)), len(took))
	case len(e.turnedAway()) > 0:
		return unmet("to some that came the kernel had to say that nobody listens (ICMP): the socket was closed, or took nothing from the sender").
			packets(e.turnedAway())
	}
	if drop := e.dropped(); drop != nil && len(e.filters()) > 0 {
		return unmet("the kernel dropped some where they would have been queued, and the program had attached a filter: what that refuses is lost").
			calls(e.filters()...).by(drop)
	} else if drop != nil {
		return unmet("the program was too slow in reading: the socket's receive buffer was full, and the kernel " +
			"dropped what came then, on the sender's thread: how often, see below the stack").by(drop)
	}
	if _, looked := e.takings(); len(looked) > 0 {
		return unmet("some were only looked at (MSG_PEEK), and are in the socket's receive buffer still").calls(callsOf(looked)...)
	}
	return unmet("the program did not read them all: none was dropped, but some waited in the socket's receive buffer " +
		"to the end").by(e.stack(udpReceive...))
}

// filters are the calls by which the program attached filters to its sockets.
func (e Evidence) filters() []trace.Syscall {
	return slices.DeleteFunc(e.calls("setsockopt"), func(c trace.Syscall) bool { return !attachesFilter(c) })
}

// attachesFilter tells whether a call has the kernel ask a filter what a socket is to take.
func attachesFilter(c trace.Syscall) bool {
	o := c.Option.Option
	return c.Name == "setsockopt" && c.Errno == "" && (o == kernel.AttachFilter || o == kernel.AttachBPF)
}
