package exercise

func dialing() []Exercise {
	return []Exercise{
		{
			Number: 2, Name: "silent-dial", Theme: themeDialing, Peer: "echo",
			Stacks: []string{"TCP connect", "UDP connect", "UDP send"},
			Questions: []Question{{
				Key: "packets-sent", Text: "How many packets does your program send in all?",
				Why:   "The dial sends none, and the write sends one. Closing a UDP socket is silent, too.",
				count: func(e Evidence) int { return len(e.left()) },
			}},
			Expect: []Expectation{
				{"the program dials: connect(2) to the server", dials},
				{"no packet leaves before the first write(2)", silentUntilWrite},
				{"a datagram with what it has written leaves", writesDatagram},
				{"it reads the answer", readsAnswer},
			},
		},
	}
}

// The themes.
const (
	themeDialing = "Dial and DialUDP"
	themeReading = "Reading"
	themeWeird   = "Weird"
	themeUseful  = "Useful"
)

// dials: some socket is connected to the server's port.
func dials(e Evidence) Finding {
	for _, c := range e.calls("connect") {
		if port(peer(c)) == serverPort && (c.Errno == "" || c.Errno == "EINPROGRESS") {
			return met("connect(2) to %s", peer(c)).calls(c)
		}
	}
	if sent := e.sends(); len(sent) > 0 {
		return unmet("it called no connect(2): each %s(2) named its destination itself", sent[0].Name).
			calls(sent[0]).by(e.stack(udpSend...))
	}
	return unmet("it called no connect(2)")
}

func silentUntilWrite(e Evidence) Finding {
	sent := e.left()
	writes := e.sends()
	switch {
	case len(writes) == 0 && len(sent) == 0:
		return unmet("nothing ever left: the program wrote nothing")
	case len(sent) == 0:
		return unmet("the program wrote, but no packet left")
	case len(writes) > 0 && writes[0].Time < sent[0].Time:
		return met("the first packet left in the first write(2)").packets(sent)
	}
	early := 0
	for _, p := range sent {
		if len(writes) == 0 || p.Time < writes[0].Time {
			early++
		}
	}
	what := sent[0].Protocol + " " + sent[0].Flags
	return unmet("%s left before it; the first was a %s", plural(early, "packet"), what).
		packets(sent[:early]).by(e.stack(tcpConnect...))
}

func writesDatagram(e Evidence) Finding {
	for _, p := range e.left() {
		if p.Protocol == "UDP" && payload(p) == int(e.sends()[0].Return) {
			return met("%s left", plural(payload(p), "byte"))
		}
	}
	return unmet("what left was no datagram of that size").packets(e.left())
}

// readsAnswer: something that has come got to the program.
func readsAnswer(e Evidence) Finding {
	if got := e.receives(); len(got) > 0 {
		return met("%s(2) returned %s", got[0].Name, plural(got[0].Return, "byte")).calls(got[0])
	}
	came := e.came("UDP")
	if len(came) == 0 {
		return unmet("no answer came")
	}
	return unmet("%s came, and the program read nothing", plural(len(came), "datagram")).packets(came)
}

// serverPort is the article's.
const serverPort = 1337
