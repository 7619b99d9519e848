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

// datagramsReceived returns how many datagrams the kernel has handed to the program.
func (e Evidence) datagramsReceived() int {
	n := 0
	for _, c := range e.receives() {
		if kernel.IsSyscall(c.Name, kernel.Batches) {
			n += int(c.Return) // of these, each call returns several
		} else {
			n++
		}
	}
	return n
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
	if came := e.came(trace.UDP); len(came) > 0 {
		return met("%s came", plural(len(came), "datagram"))
	}
	return unmet("none came: no socket waited for them")
}

func floodReceived(e Evidence) Finding {
	came, received := len(e.came(trace.UDP)), e.datagramsReceived()
	if received >= came {
		return met("%d came, and %d were received", came, received)
	}
	if drop := e.dropped(); drop != nil {
		return unmet("the program was too slow in reading: the socket's receive buffer was full, and the kernel " +
			"dropped what came then, on the sender's thread: how often, see below the stack").by(drop)
	}
	return unmet("the program did not read them all: none was dropped, but some waited in the socket's receive buffer " +
		"to the end").by(e.stack(udpReceive...))
}
