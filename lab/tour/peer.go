package tour

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// The workloads about who is at the other end: nobody, a stranger, everybody.
const (
	nobodyUDP   = "nobody-udp"
	strangerUDP = "stranger-udp"
	echoTCP     = "echo-tcp"
)

// meeting returns the claims about the other end.
func meeting() []Claim {
	traffic := Needs{Packets: true, Syscalls: true}
	paths := Needs{Stacks: []string{kernel.UDPSend, kernel.UDPReceive}, Syscalls: true}
	return []Claim{
		{
			Number: 1, Title: "The echo, or nobody there", judge: nothingIsPromised,
			Text:       "A datagram goes to the server and comes back; or it does not. Nothing in UDP promises it, and Write does not tell.",
			Recordings: []Recording{{echoUDP, traffic}, {nobodyUDP, traffic}},
			Exhibits: []Exhibit{
				{Kind: Traffic, Workloads: []string{echoUDP, nobodyUDP}},
				{Kind: Calls, Workloads: []string{nobodyUDP}}, {Kind: Output, Workloads: []string{nobodyUDP}},
			},
			Explanation: "IN= and OUT= say whether a device took a packet in or sent it out. " +
				"Write succeeds as soon as the packet is handed to the device: whether there is somebody at the other end is not its business. " +
				"Here the other machine is up, and its kernel says so in an ICMP message: port unreachable. " +
				"Your kernel keeps that as an error of the connected socket, and the next call on it gets the blame: Read says \"connection refused\" " +
				"of a connection that never was. If the machine were off, or a firewall silent, Read would wait for ever.",
			Try: Try{"compare nobody-udp echo-udp", "what the kernel did in each case"},
		},
		{
			Number: 12, Title: "A stranger's datagram", judge: strangersStayOut,
			Text:       "A connected UDP socket takes datagrams from its peer only. What others send to its port never gets to Read.",
			Recordings: []Recording{{strangerUDP, traffic}},
			Exhibits: []Exhibit{
				{Kind: Traffic, Workloads: []string{strangerUDP}},
				{Kind: Calls, Workloads: []string{strangerUDP}}, {Kind: Output, Workloads: []string{strangerUDP}},
			},
			Explanation: "The stranger is a second socket in the same program, and sends first, so that its datagram would be read first. " +
				"For each datagram the kernel looks for a socket by all four: both addresses and both ports. " +
				"A connected socket matches only what comes from its peer; since no other socket has the port, the kernel behaves as if " +
				"nobody had, and answers port unreachable. The stranger's sendto(2) has succeeded all the same. " +
				"A socket from net.ListenUDP has no peer, and would have taken both.",
			Try: Try{"packets -w stranger-udp", "the same packets at both ends"},
		},
		{
			Number: 15, Title: "Client and server", judge: onePathForBoth,
			Text:       "In UDP client and server go through the same functions of the kernel. In TCP they do not: the server accepts.",
			Recordings: []Recording{{echoUDP, paths}, {echoTCP, Needs{Syscalls: true}}},
			Exhibits: []Exhibit{
				{Kind: Stacks, Workloads: []string{echoUDP}},
				{Kind: Calls, Workloads: []string{echoUDP}, Role: trace.Server}, {Kind: Calls, Workloads: []string{echoTCP}, Role: trace.Server},
			},
			Explanation: "A UDP server is whoever waits first: it has one socket, for all peers, and sends and receives by the functions that the client uses. " +
				"TCP's server has a socket that carries no data, only new connections: accept4(2) takes one out of its queue, with a " +
				"descriptor and a state of its own for every client. " +
				"Its socket(2) may ask for IPPROTO_MPTCP: Go's listeners offer Multipath TCP since Go 1.24, and get plain TCP if the client does not ask for it. " +
				"The lab's servers listen on IPv4 alone; net.ListenUDP(\"udp\") would open an IPv6 socket that takes IPv4 too, and its functions would be named udpv6_*.",
			Try: Try{"compare echo-udp echo-tcp", "the clients of both side by side"},
		},
	}
}

// nothingIsPromised judges claim 1.
func nothingIsPromised(ts traces) Verdict {
	echo, alone := ts[echoUDP], ts[nobodyUDP]
	for _, t := range []*trace.Trace{echo, alone} {
		if v, lost := losses(t); lost {
			return v
		}
	}
	there, back := datagrams(echo, trace.Client), datagrams(echo, trace.Server)
	if there == 0 || back != there {
		return refuted(fmt.Sprintf("%s: %s there, %d back", echoUDP, plural(there, "datagram"), back))
	}
	notes := []string{fmt.Sprintf("%s: %s there, %d back", echoUDP, plural(there, "datagram"), back)}
	if n := datagrams(alone, trace.Server); n > 0 {
		return refuted(append(notes, fmt.Sprintf("%s: %s came back from nobody", nobodyUDP, plural(n, "datagram")))...)
	}
	calls := socketCalls(alone)
	wrote := slices.IndexFunc(calls, func(c trace.Syscall) bool { return c.Name == "write" })
	switch {
	case wrote < 0:
		return refuted(append(notes, nobodyUDP+" wrote nothing")...)
	case calls[wrote].Return <= 0:
		return refuted(append(notes, fmt.Sprintf("%s: write(2) said %s", nobodyUDP, outcome(calls[wrote])))...)
	}
	notes = append(notes, fmt.Sprintf("%s: write(2) said %s, though nobody was there", nobodyUDP, outcome(calls[wrote])))
	echoed := fmt.Sprintf("%d there, %d back; nobody: ", there, back)
	if i := slices.IndexFunc(calls, func(c trace.Syscall) bool { return c.Errno == "ECONNREFUSED" }); i > wrote {
		return held(append(notes, fmt.Sprintf("%s: %s(2) said ECONNREFUSED, after an ICMP message", nobodyUDP, calls[i].Name))...).
			brief("%s%s(2) ECONNREFUSED", echoed, calls[i].Name)
	}
	return held(append(notes, nobodyUDP+": nothing came back, not even an error")...).brief("%snot even an error", echoed)
}

// datagrams returns how many UDP packets a role sent that the other end got.
func datagrams(t *trace.Trace, from trace.Role) int {
	got := 0
	for _, p := range t.Packets {
		if p.Role != from && p.Direction == trace.In && p.Protocol == trace.UDP &&
			slices.ContainsFunc(t.Sent(from), func(out trace.Packet) bool { return out.Source == p.Source && out.Dest == p.Dest }) {
			got++
		}
	}
	return got
}

// strangersStayOut judges claim 12. The stranger sends before the peer does, so what is
// read first tells.
func strangersStayOut(ts traces) Verdict {
	t := ts[strangerUDP]
	if v, lost := losses(t); lost {
		return v
	}
	calls := socketCalls(t)
	stranger := slices.IndexFunc(calls, func(c trace.Syscall) bool { return c.Name == "sendto" && c.Return > 0 })
	wrote := slices.IndexFunc(calls, func(c trace.Syscall) bool { return c.Name == "write" && c.Return > 0 })
	read := slices.IndexFunc(calls, func(c trace.Syscall) bool { return c.Name == "read" && c.Return > 0 })
	if stranger < 0 {
		return refuted("no stranger sent anything")
	}
	there := calls[stranger].Peer()
	switch {
	case wrote < stranger || read < wrote:
		return refuted("the stranger did not send first")
	case calls[stranger].Return == calls[wrote].Return:
		return blind("the two datagrams are of one length, and cannot be told apart").brief("both datagrams have %d bytes", calls[wrote].Return)
	case !arrived(t, there, calls[wrote].Time):
		return refuted(fmt.Sprintf("the stranger's datagram did not get to %v", there)).brief("the stranger's datagram did not arrive")
	case calls[read].Return != calls[wrote].Return:
		return refuted(fmt.Sprintf("the first read(2) returned %s, and the peer had sent %d", plural(uint64(calls[read].Return), "byte"), calls[wrote].Return)).
			brief("read(2) returned %s; the peer sent %d", plural(uint64(calls[read].Return), "byte"), calls[wrote].Return)
	}
	notes := []string{
		fmt.Sprintf("a stranger's %d bytes came to %v", calls[stranger].Return, there),
		fmt.Sprintf("the first read(2) after that returned the peer's %d bytes", calls[read].Return),
	}
	if slices.ContainsFunc(t.Packets, func(p trace.Packet) bool { return p.Protocol == trace.ICMP && p.Role == trace.Client }) {
		notes = append(notes, "the kernel answered the stranger by ICMP: nobody here")
	}
	return held(append(notes, "the program said: "+strings.TrimSpace(t.Target.Output))...).
		brief("read the peer's %d bytes, not a stranger's %d", calls[read].Return, calls[stranger].Return)
}

// arrived tells whether a device of the client's took in a packet for an address, before
// that time.
func arrived(t *trace.Trace, dest netip.AddrPort, before int64) bool {
	return slices.ContainsFunc(t.Packets, func(p trace.Packet) bool {
		return p.Role == trace.Client && p.Direction == trace.In && p.Dest == dest && p.Time < before
	})
}

// onePathForBoth judges claim 15: by the functions between a system call and the one
// that sends or receives, and by who accepts.
func onePathForBoth(ts traces) Verdict {
	var notes []string
	var rests []Proof
	shared := 0
	for _, part := range []string{kernel.UDPSend, kernel.UDPReceive} {
		client, ok := first(ts[echoUDP], trace.Client, part)
		if !ok {
			return unseen(ts[echoUDP], part, "by the client", fmt.Sprintf("none of %s is of the client's %s", plural(len(ts[echoUDP].Stacks), "stack"), part))
		}
		server, ok := first(ts[echoUDP], trace.Server, part)
		if !ok {
			return unseen(ts[echoUDP], part, "by the server", fmt.Sprintf("none of %s is of the server's %s", plural(len(ts[echoUDP].Stacks), "stack"), part))
		}
		same := common(client, server, part)
		if len(same) == 0 {
			differ := fmt.Sprintf("%s: %s in the client, %s in the server", part, player(client, part), player(server, part))
			return refuted(append(notes, differ)...).brief("%s: not one way for both", part).by(client, differ).by(server, differ)
		}
		both := fmt.Sprintf("%s: %s in both", part, join(same))
		notes = append(notes, both)
		shared += len(same)
		if part == kernel.UDPReceive {
			rests = append(rests, Proof{client, both}, Proof{server, both})
		}
	}
	var accepted []int
	for _, end := range []struct {
		workload string
		accepts  bool
	}{{echoUDP, false}, {echoTCP, true}} {
		n := 0
		for _, c := range ts[end.workload].SocketCalls(trace.Server) {
			if strings.HasPrefix(c.Name, "accept") && c.Return >= 0 {
				n++
			}
		}
		notes = append(notes, fmt.Sprintf("%s: the server accepted %s", end.workload, plural(n, "connection")))
		if (n > 0) != end.accepts {
			return refuted(notes...)
		}
		accepted = append(accepted, n)
	}
	v := held(notes...).brief("UDP shares %s; accepts: UDP %d, TCP %d", plural(shared, "function"), accepted[0], accepted[1])
	for _, r := range rests {
		v = v.by(r.Stack, r.Shows)
	}
	return v
}

// first returns the earliest stack in process context on which one end plays a part.
func first(t *trace.Trace, who trace.Role, part string) (trace.Stack, bool) {
	var found []trace.Stack
	for _, s := range t.Stacks {
		if s.Role == who && s.Context == trace.Process && frameOf(s, part) >= 0 {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return trace.Stack{}, false
	}
	return slices.MinFunc(found, func(a, b trace.Stack) int { return int(a.First - b.First) }), true
}

// common returns the kernel's functions that two stacks share, from the one that plays a
// part on and up to where their system calls begin.
func common(a, b trace.Stack, part string) []string {
	above, below := a.Frames[max(0, frameOf(a, part)):], b.Frames[max(0, frameOf(b, part)):]
	var same []string
	for i, f := range above {
		call, _ := kernel.SyscallOf(f.Name)
		if i >= len(below) || kernel.Base(f.Name) != kernel.Base(below[i].Name) || !ofKernel(f) || call != "" {
			break
		}
		same = append(same, f.Name)
	}
	return same
}
