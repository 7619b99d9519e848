package tour

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// The workloads that the claims about reading need.
const (
	readUDP     = "read-udp"
	deadlineUDP = "deadline-udp"
	listenRead  = "listen-read"
	echoUDP     = "echo-udp"
)

func reading() []Claim {
	receiving := Needs{Stacks: []string{kernel.UDPReceive}, Syscalls: true}
	return []Claim{
		{
			Number: 10, Title: "Reading over UDP", judge: readReceives,
			Text:       "conn.Read on a UDP socket is a read(2), and ends in __skb_recv_udp.",
			Recordings: []Recording{{readUDP, receiving}},
			Exhibits:   []Exhibit{{Kind: Stacks, Workloads: []string{readUDP}}, {Kind: Calls, Workloads: []string{readUDP}}},
			Explanation: "Go's sockets never block. If no datagram is there, read(2) says EAGAIN at once, the goroutine is parked, and the thread " +
				"does something else; the poller wakes it when one has come, and it asks again. So to wait for ever costs no thread, " +
				"and the function that the article found is called for each try.",
			Try: Try{"stack __skb_recv_udp -w read-udp", "both ends: the server receives by another system call"},
		},
		{
			Number: 11, Title: "Reading with a deadline", judge: deadlineEnds,
			Text:       "A read may wait for ever. A deadline ends it: i/o timeout.",
			Recordings: []Recording{{deadlineUDP, receiving}},
			Exhibits:   []Exhibit{{Kind: Calls, Workloads: []string{deadlineUDP}}, {Kind: Output, Workloads: []string{deadlineUDP}}, {Kind: Stacks, Workloads: []string{deadlineUDP}}},
			Explanation: "The kernel knows nothing of the deadline. It was asked once, and said that there is nothing (EAGAIN). " +
				"The rest is Go's: a timer of the runtime wakes the goroutine at the time that you gave, and Read returns an error " +
				"without another system call. That is also why a deadline holds for every read from then on, until you set another.",
			Try: Try{"run deadline-udp", "just the program, without any probes"},
		},
		{
			Number: 13, Title: "Whom to answer", judge: readTellsNobody,
			Text:       "With Read a server cannot know who wrote to it. ReadFrom asks by recvfrom(2), which tells.",
			Recordings: []Recording{{listenRead, receiving}, {echoUDP, receiving}},
			Exhibits: []Exhibit{
				{Kind: Calls, Workloads: []string{listenRead}}, {Kind: Output, Workloads: []string{listenRead}},
				{Kind: Calls, Workloads: []string{echoUDP}, Role: trace.Server}, {Kind: Stacks, Workloads: []string{echoUDP}},
			},
			Explanation: "Both take the datagram from the same queue. read(2) has no place for an address, so it is dropped; " +
				"recvfrom(2) has one, and the kernel fills it in from the packet's headers. A socket without a peer can only be " +
				"written to with an address: sendto(2), that is WriteTo, with what ReadFrom returned. " +
				"In the stack are Go's functions between ReadFrom and the call. The article's syscall.Recvfrom is off the path today.",
			Try: Try{"step echo-udp", "then break syscall.recvfrom, continue, stack"},
		},
		{
			Number: 14, Title: "Receiving in a server", judge: serverReceives,
			Text:       "The server's receive ends in the same __skb_recv_udp as the client's, only through recvfrom(2).",
			Recordings: []Recording{{echoUDP, receiving}},
			Exhibits:   []Exhibit{{Kind: Stacks, Workloads: []string{echoUDP}}},
			Explanation: "A UDP server is a client that did not connect: one socket, one queue, the same functions. " +
				"There is no accept(2), no second socket for a conversation, and nothing in the kernel that remembers one.",
			Try: Try{"compare echo-udp echo-tcp", "what TCP's server does instead"},
		},
	}
}

// received returns the stack of a receive inside a system call, or a verdict if there is
// none.
func received(t *trace.Trace, who trace.Role, call, from string) (s trace.Stack, v Verdict, ok bool) {
	s, ok = insideOf(t, who, kernel.UDPReceive, call)
	switch {
	case !ok:
		return s, unseen(t, kernel.UDPReceive, "in "+call, fmt.Sprintf("none of %s shows the %s receiving inside %s", plural(len(t.Stacks), "stack"), who, call)), false
	case len(goFunctions(s)) == 0:
		return s, blind(endsAtCall).by(s, endsAtCall), false
	case !calledFrom(s, from):
		note := "the receive did not come from " + from
		return s, refuted(note).brief("the receive did not come from %s", unqualified(from)).by(s, note), false
	}
	return s, v, true
}

const (
	endsAtCall = "the stack does not go on in the program"

	connRead    = "net.(*conn).Read"
	udpReadFrom = "net.(*UDPConn).ReadFrom"
)

// readReceives judges claim 10.
func readReceives(ts traces) Verdict {
	s, v, ok := received(ts[readUDP], trace.Client, readCall, connRead)
	if !ok {
		return v
	}
	return ranInside(s, kernel.UDPReceive, readCall, connRead)
}

// timeout is the form of the article's error.
var timeout = regexp.MustCompile(`^read udp \S+->\S+: i/o timeout$`)

// deadlineEnds judges claim 11: one read says that nothing is there, and no other follows.
func deadlineEnds(ts traces) Verdict {
	t := ts[deadlineUDP]
	var reads []trace.Syscall
	for _, c := range t.SocketCalls(trace.Client) {
		if c.Name == "read" {
			reads = append(reads, c)
		}
	}
	said := strings.TrimSpace(t.Target.Output)
	switch {
	case len(reads) == 0 && timeout.MatchString(said):
		return blind("the deadline was over before Go had asked the kernel: this machine was busy, and the kernel has no part in what is left").brief("the deadline was over before any read(2)")
	case len(reads) == 0:
		return refuted("no read(2) on the socket was seen")
	case slices.ContainsFunc(reads, func(c trace.Syscall) bool { return c.Errno != "EAGAIN" }):
		return refuted("a read(2) did not say EAGAIN but " + outcome(reads[len(reads)-1]))
	case len(reads) > 1:
		asked := plural(len(reads), "call") + " of read(2), where one was expected"
		return refuted(asked+": what woke the goroutine?").brief("%s", asked)
	case !timeout.MatchString(said):
		return refuted(fmt.Sprintf("the program said %q", said)).brief("the program did not say i/o timeout")
	}
	s, v, ok := received(t, trace.Client, readCall, connRead)
	if !ok {
		return v
	}
	proof := ranInside(s, kernel.UDPReceive, readCall, connRead).Notes[0]
	return held("one read(2), which said EAGAIN, and none after it", "the program said: "+said).
		brief("read(2) said EAGAIN once; Go said %s", said[strings.LastIndex(said, ": ")+len(": "):]).by(s, proof)
}

// readTellsNobody judges claim 13.
func readTellsNobody(ts traces) Verdict {
	alone, server := ts[listenRead].SocketCalls(trace.Client), ts[echoUDP].SocketCalls(trace.Server)
	got := slices.IndexFunc(alone, func(c trace.Syscall) bool { return c.Name == "read" && c.Return > 0 })
	refusal := slices.IndexFunc(alone, func(c trace.Syscall) bool { return c.Name == "write" && c.Errno == "EDESTADDRREQ" })
	told := slices.IndexFunc(server, func(c trace.Syscall) bool { return c.Name == "recvfrom" && c.Return > 0 })
	switch {
	case got < 0:
		return refuted("Read took no datagram by read(2)")
	case refusal < got:
		return refuted("after Read, Write did not ask for an address (EDESTADDRREQ)").brief("after Read, Write needed no address")
	case told < 0:
		return refuted("the server took no datagram by recvfrom(2)")
	}
	answered := slices.IndexFunc(server[told:], func(c trace.Syscall) bool {
		return c.Name == "sendto" && c.Return > 0 && c.Peer().IsValid() && c.Peer() == server[told].Peer()
	})
	if answered < 0 {
		return refuted(fmt.Sprintf("the server did not answer whom recvfrom(2) told, %v", server[told].Peer())).
			brief("the server did not answer whom it was told")
	}
	s, v, ok := received(ts[echoUDP], trace.Server, recvfromCall, udpReadFrom)
	if !ok {
		return v
	}
	tells := fmt.Sprintf("ReadFrom: recvfrom(2) told %v, and the answer went there", server[told].Peer())
	return held("Read: read(2), no address; Write then said EDESTADDRREQ", tells).
		brief("Read: no address; ReadFrom: %v", server[told].Peer()).by(s, tells)
}

// serverReceives judges claim 14: the same function for both ends.
func serverReceives(ts traces) Verdict {
	s, v, ok := received(ts[echoUDP], trace.Server, recvfromCall, udpReadFrom)
	if !ok {
		return v
	}
	return ranInside(s, kernel.UDPReceive, recvfromCall, udpReadFrom)
}
