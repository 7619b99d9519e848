package tour

import (
	"fmt"
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// sameCalls judges claim 3. System calls must agree in name, order and outcome.
// Of functions the sets must agree, not the counts: how often the poller asks a
// socket differs from run to run.
func sameCalls(ts traces) Verdict {
	a, b := outline(ts[udpByDial]), outline(ts[udpByDialUDP])
	if len(a) == 0 {
		return refuted("no system call on a socket was seen")
	}
	if i := firstDifference(a, b); i >= 0 {
		return refuted(fmt.Sprintf("system call %d on the socket differs: %s made %s, %s made %s",
			i+1, udpByDial, at(a, i), udpByDialUDP, at(b, i)))
	}
	notes := []string{fmt.Sprintf("%s on the socket, the same on both sides", plural(len(a), "system call"))}
	if !ts[udpByDial].HasFunctions() || !ts[udpByDialUDP].HasFunctions() {
		return held(append(notes, limits(ts[udpByDial]))...)
	}
	fa, fb := ran(ts[udpByDial], "udp_"), ran(ts[udpByDialUDP], "udp_")
	if one := difference(fa, fb); len(one) > 0 {
		return refuted(fmt.Sprintf("%s ran on one side only: %s", plural(len(one), "udp_* function"), join(one)))
	}
	notes = append(notes, fmt.Sprintf("%s, the same on both sides", plural(len(fa), "udp_* function")))
	for _, name := range fa {
		if na, nb := calls(ts[udpByDial], name), calls(ts[udpByDialUDP], name); na != nb {
			notes = append(notes, fmt.Sprintf("%s ran %d and %d times", name, na, nb))
		}
	}
	return held(notes...)
}

// bothConnect judges claim 4: by the system calls, and by what each sent.
func bothConnect(ts traces) Verdict {
	var notes []string
	for _, name := range []string{tcpByDial, udpByDialUDP} {
		i := slices.IndexFunc(socketCalls(ts[name]), isConnect)
		if i < 0 {
			return refuted(fmt.Sprintf("%s made no connect(2)", name))
		}
		c := socketCalls(ts[name])[i]
		notes = append(notes, fmt.Sprintf("%s: connect(2) said %s", name, outcome(c)))
	}
	sent := ts[tcpByDial].Sent(trace.Client)
	switch spoken, speaks := speech(ts[udpByDialUDP]); {
	case speaks:
		return refuted(append(notes, spoken)...)
	case len(sent) == 0:
		return refuted(append(notes, tcpByDial+" sent nothing")...)
	case !has(sent[0], "SYN"):
		return refuted(append(notes, sentFlags(sent)+": it does not begin with SYN")...)
	}
	if v, lost := lossesOfBoth(ts); lost {
		return v
	}
	return held(append(notes, sentFlags(sent), udpByDialUDP+" sent nothing")...)
}

// speech says what the client of t sent, if anything.
func speech(t *trace.Trace) (note string, speaks bool) {
	sent := t.Sent(trace.Client)
	if len(sent) == 0 {
		return "", false
	}
	return fmt.Sprintf("%s sent %s, the first to %s", t.Target.Workload, plural(len(sent), "packet"), sent[0].Dest), true
}

// sentFlags says which packets dialing over TCP sent.
func sentFlags(sent []trace.Packet) string {
	var flags []string
	for _, p := range sent {
		flags = append(flags, p.Flags)
	}
	return tcpByDial + " sent " + join(flags)
}

// lossesOfBoth is the verdict if a packet of either side may have been lost.
func lossesOfBoth(ts traces) (Verdict, bool) {
	for _, name := range []string{tcpByDial, udpByDialUDP} {
		if note, lost := losses(ts[name]); lost {
			return blind(note), true
		}
	}
	return Verdict{}, false
}

// connectTransmits judges claim 5.
func connectTransmits(ts traces) Verdict {
	t := ts[tcpByDial]
	s, ok := inside(t, trace.TCPTransmit, connectCall)
	if !ok {
		return unseen(t, trace.TCPTransmit, fmt.Sprintf("none of %s shows TCP transmitting inside connect(2)", plural(len(t.Stacks), "stack")))
	}
	notes := []string{fmt.Sprintf("%s ran inside connect(2)", player(s, trace.TCPTransmit))}
	if sent := t.Sent(trace.Client); len(sent) > 0 {
		notes = append(notes, fmt.Sprintf("first packet out: %s to %s", sent[0].Flags, sent[0].Dest))
	}
	return held(notes...).by(s)
}

// connectIsSilent judges claim 6.
func connectIsSilent(ts traces) Verdict {
	t := ts[udpByDialUDP]
	s, ok := inside(t, trace.UDPConnect, connectCall)
	if !ok {
		return unseen(t, trace.UDPConnect, fmt.Sprintf("none of %s shows UDP connecting inside connect(2)", plural(len(t.Stacks), "stack")))
	}
	if sent := t.Sent(trace.Client); len(sent) > 0 {
		return refuted(fmt.Sprintf("%s sent, the first to %s", plural(len(sent), "packet"), sent[0].Dest)).by(s)
	}
	if note, lost := losses(t); lost {
		return blind(note)
	}
	notes := []string{fmt.Sprintf("%s ran inside connect(2)", player(s, trace.UDPConnect))}
	if !slices.ContainsFunc(s.Frames, func(f trace.Frame) bool { return f.Name == dgramConnect }) {
		notes = append(notes, dgramConnect+", between the two, ended in a tail call and so left no frame")
	}
	notes = append(notes, "packets sent: none")
	i := slices.IndexFunc(t.Hooks, func(h trace.Hook) bool { return h.Hook == trace.UDPConnect && h.Role == trace.Client })
	if i >= 0 && t.Hooks[i].Peer != "" {
		notes = append(notes, "the socket's peer is now "+t.Hooks[i].Peer)
	}
	return held(notes...).by(s)
}

// dgramConnect is what connect(2) calls for every datagram socket of IPv4, by a
// pointer, so that no compiler can inline it. On amd64 it is missing from the
// stacks of 6.1 and 6.12: it jumps to what it calls last.
const dgramConnect = "inet_dgram_connect"

// dozens is how many functions "dozens" are at least.
const dozens = 24

// dozensAndAHandful judges claim 7. A handful is taken as less than half of what
// TCP ran.
func dozensAndAHandful(ts traces) Verdict {
	for _, name := range []string{tcpByDial, udpByDialUDP} {
		if !ts[name].HasFunctions() {
			return blind("functions were not counted", limits(ts[name]))
		}
	}
	tcp, udp := len(ran(ts[tcpByDial], "tcp_")), len(ran(ts[udpByDialUDP], "udp_"))
	notes := []string{
		fmt.Sprintf("%s ran for %s (the article saw 40)", plural(tcp, "tcp_* function"), tcpByDial),
		fmt.Sprintf("%s ran for %s (the article saw 10)", plural(udp, "udp_* function"), udpByDialUDP),
	}
	if tcp < dozens || udp == 0 || 2*udp >= tcp {
		return refuted(notes...)
	}
	return held(notes...)
}

// onlyTCPShows judges claim 8. The last ACK answers the server's FIN and may come
// after the window has closed, so it is not asked for.
func onlyTCPShows(ts traces) Verdict {
	sent := ts[tcpByDial].Sent(trace.Client)
	tcp := sentFlags(sent)
	switch spoken, speaks := speech(ts[udpByDialUDP]); {
	case speaks:
		return refuted(spoken)
	case len(sent) == 0:
		return refuted(tcpByDial + " sent nothing")
	case !has(sent[0], "SYN"):
		return refuted(tcp + ": it does not begin with SYN")
	case len(sent) < 2 || !has(sent[1], "ACK") || has(sent[1], "FIN"):
		return refuted(tcp + ": the SYN is not followed by an ACK")
	case !slices.ContainsFunc(sent, func(p trace.Packet) bool { return has(p, "FIN") }):
		return refuted(tcp + ": there is no FIN")
	}
	if v, lost := lossesOfBoth(ts); lost {
		return v
	}
	return held(tcp, udpByDialUDP+" sent nothing")
}

func has(p trace.Packet, flag string) bool { return slices.Contains(strings.Fields(p.Flags), flag) }

// ran returns the functions whose names begin with prefix that the client of t
// ran on its own behalf, as the kernel has them.
func ran(t *trace.Trace, prefix string) []string {
	var names []string
	for _, f := range t.Functions {
		own := f.Role == trace.Client && f.Context == trace.Process && f.Count > 0
		if own && strings.HasPrefix(f.Base, prefix) && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// calls returns how often the client of t ran a function, by the kernel's name for
// it, on its own behalf.
func calls(t *trace.Trace, name string) uint64 {
	var n uint64
	for _, f := range t.Functions {
		if f.Role == trace.Client && f.Context == trace.Process && f.Name == name {
			n += f.Count
		}
	}
	return n
}

// difference returns what is in one of a and b only.
func difference(a, b []string) []string {
	var one []string
	for _, s := range slices.Concat(a, b) {
		if !slices.Contains(a, s) || !slices.Contains(b, s) {
			one = append(one, s)
		}
	}
	return one
}

func socketCalls(t *trace.Trace) []trace.Syscall { return t.SocketCalls(trace.Client) }

func isConnect(c trace.Syscall) bool { return c.Name == "connect" }

// outline returns the client's calls on its sockets by name and outcome. Numbers
// that may differ from run to run, such as ports, are left out.
func outline(t *trace.Trace) []string {
	var calls []string
	for _, c := range socketCalls(t) {
		call := c.Name
		if c.Name == "socket" {
			call += "(" + c.Args + ")"
		}
		if c.Errno != "" {
			call += " = " + c.Errno
		}
		calls = append(calls, call)
	}
	return calls
}

func outcome(c trace.Syscall) string {
	if c.Errno != "" {
		return c.Errno
	}
	return fmt.Sprint(c.Return)
}

// firstDifference returns where a and b first differ, or -1.
func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

func at(calls []string, i int) string {
	if i >= len(calls) {
		return "none"
	}
	return calls[i]
}
