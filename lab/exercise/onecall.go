package exercise

import (
	"fmt"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var oneCall = Exercise{
	Number: 16, Name: "one-call", Theme: themeUseful, Peer: "silent",
	Stacks: []string{kernel.UDPSend},
	Questions: []Question{
		{
			Key: "bytes-sent", Text: "How many bytes leave in all, the headers of IP and UDP included?",
			Why: "The readings are 311 bytes, and each of the 32 packets has headers of 28: 1207, as many as before. It is trips " +
				"into the kernel that are saved, and nothing on the wire.",
			count: func(e Evidence) int { return bytesOf(e.leftFor(e.server())) },
		},
		{
			Key: "packets-sent", Text: "How many packets leave?",
			Why:   "32: the system call is shared, and nothing else. Each datagram takes its own way through the kernel.",
			count: func(e Evidence) int { return len(e.leftFor(e.server())) },
		},
	},
	Expect: []Expectation{
		{"32 datagrams leave for the server, and no more", readingsLeave},
		{"one call of sendmmsg(2) sends them all (and a second what the first has not taken)", batchSends},
		{"they carry the readings, each its own, in order", ofReadings},
	},
}

// readings is how many datagrams the program has to send.
const readings = 32

func bytesOf(packets []trace.Packet) int {
	n := 0
	for _, p := range packets {
		n += p.Length
	}
	return n
}

func readingsLeave(e Evidence) Finding {
	sent := datagrams(e.leftFor(e.server()))
	if len(sent) == 0 {
		return e.nothingFor(e.server())
	}
	if n := e.gotByServer(); n > len(sent) {
		return unmet("%s left, which the kernel cut up later, and the server received %d (UDP_SEGMENT): sendmmsg(2) is what is asked for here",
			plural(len(sent), "packet"), n).calls(e.calls(append([]string{"setsockopt"}, sending...)...)...).packets(sent)
	}
	if slices.ContainsFunc(sent, trace.Packet.Fragment) {
		return unmet("the %s that left are pieces of a datagram that was too large for the link", plural(len(sent), "packet")).packets(sent)
	}
	if len(sent) != readings {
		return unmet("%s left", plural(len(sent), "datagram")).packets(sent).by(e.stack(udpSend...))
	}
	return met("%s left", plural(len(sent), "datagram")).packets(sent)
}

// ofReadings: the words are those of the program as it is handed out. Of data that the kernel
// did not copy, the lab has seen nothing.
func ofReadings(e Evidence) Finding {
	for i, p := range datagrams(e.leftFor(e.server())) {
		want, got := fmt.Sprintf("reading %d", i+1), p.Content()
		switch {
		case len(got) == 0 && p.Payload() == len(want):
			return unproved("what is in datagram %d was not copied when it left, so the lab has not seen it", i+1).packets([]trace.Packet{p})
		case string(got) != want:
			return unmet("datagram %d carried %.24q, and reading %d is %q", i+1, got, i+1, want).packets([]trace.Packet{p})
		}
	}
	return met("they do")
}

// gotByServer returns how many datagrams the server has received.
func (e Evidence) gotByServer() int {
	return len(moved(e.callsOf(e.other(), "recvfrom", "recvmsg")))
}

// batchSends: sendmmsg(2) was offered all readings, and what it left was offered again.
func batchSends(e Evidence) Finding {
	calls := e.sendersOf(datagrams(e.leftFor(e.server())))
	if len(calls) == 0 {
		return unproved("they left by no call that the lab saw")
	}
	guilty := e.stack(udpSend...)
	other := slices.DeleteFunc(slices.Clone(calls), func(c trace.Syscall) bool { return c.Name == "sendmmsg" })
	switch {
	case len(other) == len(calls):
		return unmet("%s of %s(2) sent them", plural(len(calls), "call"), calls[0].Name).calls(calls...).by(guilty)
	case len(other) > 0:
		return unmet("sendmmsg(2) did not send them all: %s of %s(2) did the rest", plural(len(other), "call"), other[0].Name).
			calls(calls...).by(guilty)
	case len(calls) > 2:
		return unmet("%d calls of sendmmsg(2) sent them", len(calls)).calls(calls...).by(guilty)
	}
	offered := readings
	for i, c := range calls {
		if c.Messages != offered {
			return unmet("%s of sendmmsg(2) sent them, and call %d was offered %d of the %d that were left",
				plural(len(calls), "call"), i+1, c.Messages, offered).calls(calls...).by(guilty)
		}
		offered -= int(c.Return)
	}
	return met("%s did", plural(len(calls), "call")).calls(calls...)
}
