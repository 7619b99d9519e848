package tour

import (
	"fmt"
	"slices"
	"strings"

	"dialpath/lab/kernel"
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
			i+1, udpByDial, at(a, i), udpByDialUDP, at(b, i))).brief("system call %d on the socket differs", i+1)
	}
	made := plural(len(a), "system call")
	notes := []string{made + " on the socket, the same on both sides"}
	if !ts[udpByDial].HasFunctions() || !ts[udpByDialUDP].HasFunctions() {
		return held(append(notes, limits(ts[udpByDial]))...).brief("the same %s; functions not seen", made)
	}
	fa, fb := ran(ts[udpByDial], "udp_"), ran(ts[udpByDialUDP], "udp_")
	if one := difference(fa, fb); len(one) > 0 {
		apart := plural(len(one), "udp_* function") + " ran on one side only"
		return refuted(apart+": "+join(one)).brief("%s", apart)
	}
	notes = append(notes, fmt.Sprintf("%s, the same on both sides", plural(len(fa), "udp_* function")))
	for _, name := range fa {
		if na, nb := calls(ts[udpByDial], name), calls(ts[udpByDialUDP], name); na != nb {
			notes = append(notes, fmt.Sprintf("%s ran %d and %d times", name, na, nb))
		}
	}
	return held(notes...).brief("the same %s, %s", made, plural(len(fa), "udp_* function"))
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
	switch spoken, speaks := speech(ts[udpByDialUDP], notes...); {
	case speaks:
		return spoken
	case len(sent) == 0:
		return refuted(append(notes, tcpByDial+" sent nothing")...)
	case !sent[0].Flags.Has(trace.SYN):
		return refuted(append(notes, sentFlags(sent)+": it does not begin with SYN")...).brief(noSYN)
	}
	if v, lost := lossesOfBoth(ts); lost {
		return v
	}
	return held(append(notes, sentFlags(sent), udpByDialUDP+" sent nothing")...).
		brief("connect(2) in both; TCP sent SYN, UDP nothing")
}

// speech is the verdict if the client of t sent anything.
func speech(t *trace.Trace, notes ...string) (v Verdict, speaks bool) {
	sent := t.Sent(trace.Client)
	if len(sent) == 0 {
		return v, false
	}
	said := fmt.Sprintf("%s sent %s", t.Target.Workload, plural(len(sent), "packet"))
	return refuted(append(notes, firstTo(said, sent))...).brief("%s", said), true
}

// firstTo adds to what is said of packets where the first one went.
func firstTo(said string, sent []trace.Packet) string {
	return fmt.Sprintf("%s, the first to %v", said, sent[0].Dest)
}

// In a few words, what is wrong with the packets of a dial over TCP.
const (
	noSYN = tcpByDial + "'s packets do not begin with SYN"
	noACK = tcpByDial + "'s SYN is not followed by an ACK"
	noFIN = tcpByDial + " sent no FIN"
)

// sentFlags says which packets dialing over TCP sent.
func sentFlags(sent []trace.Packet) string { return tcpByDial + " sent " + flags(sent) }

func flags(sent []trace.Packet) string {
	var all []string
	for _, p := range sent {
		all = append(all, p.Flags.String())
	}
	return join(all)
}

// lossesOfBoth is the verdict if a packet of either side may have been lost.
func lossesOfBoth(ts traces) (Verdict, bool) {
	for _, name := range []string{tcpByDial, udpByDialUDP} {
		if v, lost := losses(ts[name]); lost {
			return v, true
		}
	}
	return Verdict{}, false
}

// connectTransmits judges claim 5.
func connectTransmits(ts traces) Verdict {
	t := ts[tcpByDial]
	s, ok := inside(t, kernel.TCPTransmit, connectCall)
	if !ok {
		return unseen(t, kernel.TCPTransmit, "in "+connectCall, fmt.Sprintf("none of %s shows TCP transmitting inside connect(2)", plural(len(t.Stacks), "stack")))
	}
	sends := fmt.Sprintf("%s ran inside connect(2)", player(s, kernel.TCPTransmit))
	v := held(sends).brief("%s in connect(2)", player(s, kernel.TCPTransmit))
	if sent := t.Sent(trace.Client); len(sent) > 0 {
		v.Notes = append(v.Notes, fmt.Sprintf("first packet out: %s to %s", sent[0].Flags, sent[0].Dest))
		if sent[0].Flags.Has(trace.SYN) {
			v.Brief += "; SYN sent"
		}
	}
	return v.by(s, sends)
}

// connectIsSilent judges claim 6.
func connectIsSilent(ts traces) Verdict {
	t := ts[udpByDialUDP]
	s, ok := inside(t, kernel.UDPConnect, connectCall)
	if !ok {
		return unseen(t, kernel.UDPConnect, "in "+connectCall, fmt.Sprintf("none of %s shows UDP connecting inside connect(2)", plural(len(t.Stacks), "stack")))
	}
	if sent := t.Sent(trace.Client); len(sent) > 0 {
		said := plural(len(sent), "packet") + " sent"
		return refuted(firstTo(said, sent)).brief("%s", said).by(s, said)
	}
	if v, lost := losses(t); lost {
		return v
	}
	notes := []string{fmt.Sprintf("%s ran inside connect(2)", player(s, kernel.UDPConnect))}
	if !slices.ContainsFunc(s.Frames, func(f trace.Frame) bool { return f.Name == dgramConnect }) {
		notes = append(notes, dgramConnect+", between the two, ended in a tail call and so left no frame")
	}
	notes = append(notes, "packets sent: none")
	i := slices.IndexFunc(t.Hooks, func(h trace.Hook) bool { return h.Hook == kernel.UDPConnect && h.Role == trace.Client })
	if i >= 0 && t.Hooks[i].Peer.IsValid() {
		notes = append(notes, fmt.Sprintf("the socket's peer is now %v", t.Hooks[i].Peer))
	}
	return held(notes...).brief("%s in connect(2), no packet", player(s, kernel.UDPConnect)).by(s, notes[0])
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
			return blind("functions were not counted", limits(ts[name])).brief("%s", limitsBriefly(ts[name]))
		}
	}
	tcp, udp := len(ran(ts[tcpByDial], "tcp_")), len(ran(ts[udpByDialUDP], "udp_"))
	notes := []string{
		fmt.Sprintf("%s ran for %s (the article saw 40)", plural(tcp, "tcp_* function"), tcpByDial),
		fmt.Sprintf("%s ran for %s (the article saw 10)", plural(udp, "udp_* function"), udpByDialUDP),
	}
	counted := fmt.Sprintf("%s for TCP, %d udp_* for UDP", plural(tcp, "tcp_* function"), udp)
	if tcp < dozens || udp == 0 || 2*udp >= tcp {
		return refuted(notes...).brief("%s", counted)
	}
	return held(notes...).brief("%s", counted)
}

// onlyTCPShows judges claim 8. The last ACK answers the server's FIN and may come
// after the window has closed, so it is not asked for.
func onlyTCPShows(ts traces) Verdict {
	sent := ts[tcpByDial].Sent(trace.Client)
	tcp := sentFlags(sent)
	switch spoken, speaks := speech(ts[udpByDialUDP]); {
	case speaks:
		return spoken
	case len(sent) == 0:
		return refuted(tcpByDial + " sent nothing")
	case !sent[0].Flags.Has(trace.SYN):
		return refuted(tcp + ": it does not begin with SYN").brief(noSYN)
	case len(sent) < 2 || !sent[1].Flags.Has(trace.ACK) || sent[1].Flags.Has(trace.FIN):
		return refuted(tcp + ": the SYN is not followed by an ACK").brief(noACK)
	case !slices.ContainsFunc(sent, func(p trace.Packet) bool { return p.Flags.Has(trace.FIN) }):
		return refuted(tcp + ": there is no FIN").brief(noFIN)
	}
	if v, lost := lossesOfBoth(ts); lost {
		return v
	}
	return held(tcp, udpByDialUDP+" sent nothing").brief("%s", wireBriefly(sent))
}

// wireBriefly says what TCP sent while UDP sent nothing: packet by packet, or, if there are
// too many for a line, how many.
func wireBriefly(sent []trace.Packet) string {
	const form = "TCP sent %s; UDP nothing"
	brief := fmt.Sprintf(form, flags(sent))
	if len(brief) > BriefWidth {
		brief = fmt.Sprintf(form, plural(len(sent), "packet")+", SYN first")
	}
	return brief
}

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

// An outlined call is one of the client's by name and outcome. Numbers that may differ from
// run to run, such as ports, are left out.
type outlined struct {
	name   string
	family kernel.Family     // of the socket that is made
	kind   kernel.SocketType // of that, too, and what follows
	flags  string
	errno  string
}

// outline returns the client's calls on its sockets.
func outline(t *trace.Trace) []outlined {
	var calls []outlined
	for _, c := range socketCalls(t) {
		call := outlined{name: c.Name, errno: c.Errno}
		if c.Name == "socket" {
			call.family, call.kind = c.Family, c.Type
			if c.CloseOnExec {
				call.flags += "|SOCK_CLOEXEC"
			}
			if c.NonBlocking {
				call.flags += "|SOCK_NONBLOCK"
			}
		}
		calls = append(calls, call)
	}
	return calls
}

// String returns the call as one would write it in C.
func (c outlined) String() string {
	text := c.name
	if c.name == "socket" {
		text += fmt.Sprintf("(%v, %v%s)", c.family, c.kind, c.flags)
	}
	if c.errno != "" {
		text += " = " + c.errno
	}
	return text
}

func outcome(c trace.Syscall) string {
	if c.Errno != "" {
		return c.Errno
	}
	return fmt.Sprint(c.Return)
}

// firstDifference returns where a and b first differ, or -1.
func firstDifference[T comparable](a, b []T) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

func at[T any](all []T, i int) string {
	if i >= len(all) {
		return "none"
	}
	return fmt.Sprint(all[i])
}
