package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var silentDial = Exercise{
	Number: 2, Name: "silent-dial", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.TCPConnect, kernel.UDPConnect, kernel.UDPSend},
	Questions: []Question{{
		Key: "packets-sent", Text: "As the program is handed out: how many packets leave your machine before its first write?",
		Why: "Two: the SYN, and the ACK of the server's SYN ACK. The third packet of the handshake is the server's own, and it came, it did not leave.",
		// Of the dialed socket's: there is one, and it writes.
		number: exactly(2), count: func(e Evidence) int { return len(e.early(e.talker())) },
	}},
	Expect: []Expectation{
		{"the program dials: connect(2) to the server", dials},
		{"no packet leaves before the first write(2) to the dialed socket", silentUntilWrite},
		{"what leaves then is a datagram, for the server", writesDatagram},
		{"it reads the whole answer from that socket", func(e Evidence) Finding { return e.hears(e.talker().socket, e.server()) }},
	},
}

// dials: some socket is connected to the server.
func dials(e Evidence) Finding {
	if all := e.dialed(); len(all) > 0 {
		c := all[0].connect
		return met("connect(2) to %s", c.Peer()).calls(c)
	}
	if calls := e.calls("connect"); len(calls) > 0 {
		return dialsElsewhere(e, calls)
	}
	for _, c := range e.sends() {
		if c.Peer().Port() != 0 {
			return unmet("it called no connect(2): each %s(2) named its destination itself", c.Name).
				calls(c).by(e.stack(udpSend...))
		}
	}
	return unmet("it called no connect(2)")
}

// dialsElsewhere: none of the calls of connect(2) made the server a peer. The first that
// failed says most.
func dialsElsewhere(e Evidence, calls []trace.Syscall) Finding {
	failed := slices.IndexFunc(calls, func(c trace.Syscall) bool { return !connects(c) })
	if failed < 0 {
		return unmet("connect(2) was called for %s: the server's address is in DIALPATH_ADDR", calls[0].Peer()).calls(calls...)
	}
	c := calls[failed]
	f := unmet("connect(2) to %s said %s", c.Peer(), c.Errno)
	if c.Peer() != e.server() {
		f.Saw += ": there is nobody here but the server, whose address is in DIALPATH_ADDR"
	}
	return f.calls(c)
}

// talker returns the dialed socket that all this is about: the first datagram socket that has
// sent, else the first that has, else the first.
func (e Evidence) talker() dialed {
	all := e.dialed()
	if len(all) == 0 {
		return dialed{}
	}
	sent := func(d dialed) bool { _, ok := d.firstSend(); return ok }
	for _, fits := range []func(dialed) bool{
		func(d dialed) bool { return sent(d) && d.datagram() }, sent,
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// firstSend returns the first call that sent on a socket: an empty datagram is one, too.
func (s socket) firstSend() (trace.Syscall, bool) {
	for _, c := range s.named(sending...) {
		if worked(c) && isSending(c) {
			return c, true
		}
	}
	return trace.Syscall{}, false
}

// early are the packets that left before the first write to a socket.
func (e Evidence) early(d dialed) []trace.Packet {
	write, ok := d.firstSend()
	return slices.DeleteFunc(e.leftHere(), func(p trace.Packet) bool { return ok && p.Time >= write.Time })
}

func silentUntilWrite(e Evidence) Finding {
	sent, d := e.leftHere(), e.talker()
	write, wrote := d.firstSend()
	switch early := e.early(d); {
	case !wrote && len(sent) == 0:
		return unmet("nothing ever left: the program wrote nothing")
	case !wrote && !slices.ContainsFunc(sent, isTCP):
		return unmet("nothing was written to the socket that was dialed: another one did the talking").calls(d.connect).packets(sent)
	case len(early) > 0:
		return unmet("%s left before it; the first was a %s", plural(len(early), "packet"), kindOf(early[0])).
			packets(early).by(e.stack(tcpConnect...))
	case write.Time < d.connect.Time:
		return unmet("the first %s(2) came before connect(2): it was not a dialed socket yet", write.Name).calls(write, d.connect)
	}
	for _, c := range e.calls("setsockopt") {
		if c.Errno == "" && c.Time < write.Time && c.Option.Joins() {
			return unmet("setsockopt(2) joined a multicast group, which the kernel tells the routers by a packet of IGMP").calls(c)
		}
	}
	if len(sent) == 0 {
		return unmet("the program wrote, but no packet left").calls(write)
	}
	return met("the first packet left in the first %s(2)", write.Name).packets(sent)
}

// kindOf says what a packet is: "TCP SYN".
func kindOf(p trace.Packet) string {
	if p.Flags == 0 {
		return string(p.Protocol) + " datagram"
	}
	return string(p.Protocol) + " " + p.Flags.String()
}

func writesDatagram(e Evidence) Finding {
	sent, d := e.leftHere(), e.talker()
	for _, p := range sent {
		if isTCP(p) {
			return unmet("a TCP %s left: whatever it carries, it begins a handshake, and is no datagram", p.Flags).
				packets(sent).by(e.stack(tcpConnect...))
		}
	}
	for _, p := range e.toward(e.server()) {
		if c, ok := e.sendOf(p); ok && p.Socket == d.number {
			return met("%s left in a %s(2)", plural(sizeOf(p), "byte"), c.Name).calls(c)
		}
	}
	return unmet("no datagram of that socket left for the server").packets(sent)
}
