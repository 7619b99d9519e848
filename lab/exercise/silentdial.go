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
		Key: "packets-sent", Text: "How many packets does your program send in all?",
		Why:   "The dial sends none, and each write sends one. Closing a UDP socket is silent, too.",
		count: func(e Evidence) int { return len(e.left()) },
	}},
	Expect: []Expectation{
		{"the program dials: connect(2) to the server", dials},
		{"no packet leaves before the first write(2)", silentUntilWrite},
		{"what leaves then is a datagram with what it has written", writesDatagram},
		{"it reads the answer", readsAnswer},
	},
}

// dials: some socket is connected to the server's port.
func dials(e Evidence) Finding {
	if all := e.dialed(); len(all) > 0 {
		c := all[0].connect
		return met("connect(2) to %s", c.Peer()).calls(c)
	}
	if calls := e.calls("connect"); len(calls) > 0 {
		return dialsElsewhere(calls)
	}
	if i := slices.IndexFunc(e.sends(), names); i >= 0 {
		c := e.sends()[i]
		return unmet("it called no connect(2): each %s(2) named its destination itself", c.Name).
			calls(c).by(e.stack(udpSend...))
	}
	return unmet("it called no connect(2)")
}

// dialsElsewhere: none of the calls of connect(2) made the server a peer. The first that
// failed says most.
func dialsElsewhere(calls []trace.Syscall) Finding {
	failed := slices.IndexFunc(calls, func(c trace.Syscall) bool { return !connects(c) })
	if failed < 0 {
		return unmet("connect(2) was called for %s: the server's address is in DIALPATH_ADDR", calls[0].Peer()).calls(calls...)
	}
	c := calls[failed]
	f := unmet("connect(2) to %s said %s", c.Peer(), c.Errno)
	if c.Peer().Port() != serverPort {
		f.Saw += ": there is nobody here but the server, whose address is in DIALPATH_ADDR"
	}
	return f.calls(c)
}

func silentUntilWrite(e Evidence) Finding {
	sent := e.left()
	writes := e.sends()
	switch {
	case len(writes) == 0 && len(sent) == 0:
		return unmet("nothing ever left: the program wrote nothing")
	case len(sent) == 0:
		return unmet("the program wrote, but no packet left").calls(writes...)
	case len(writes) > 0 && writes[0].Time < sent[0].Time:
		return met("the first packet left in the first %s(2)", writes[0].Name).packets(sent)
	}
	early := 0
	for _, p := range sent {
		if len(writes) == 0 || p.Time < writes[0].Time {
			early++
		}
	}
	return unmet("%s left before it; the first was a %s %v", plural(early, "packet"), sent[0].Protocol, sent[0].Flags).
		packets(sent[:early]).by(e.stack(tcpConnect...))
}

func writesDatagram(e Evidence) Finding {
	for _, c := range e.sends() {
		if p, ok := e.sentBy(c); ok && p.Payload() == int(c.Return) {
			return met("%s left", plural(p.Payload(), "byte")).calls(c)
		}
	}
	sent := e.left()
	if len(sent) > 0 && sent[0].Protocol == trace.TCP {
		return unmet("a TCP %s left: whatever it carries, it begins a handshake, and is no datagram", sent[0].Flags).
			packets(sent).by(e.stack(tcpConnect...))
	}
	return unmet("what left was no datagram of that size").packets(sent)
}
