package exercise

// readings is how many datagrams exercise 16 has to send.
const readings = 32

func allDatagramsLeave(e Evidence) Finding {
	sent := e.left()
	n := 0
	for _, p := range sent {
		if p.Protocol == "UDP" && payload(p) > 0 {
			n++
		}
	}
	if n < readings {
		return unmet("%s left", plural(n, "datagram")).packets(sent).by(e.stack(udpSend...))
	}
	return met("%s left", plural(n, "datagram")).packets(sent)
}

// fewCalls: two are allowed, for the kernel may take fewer than it is offered.
func fewCalls(e Evidence) Finding {
	sent := e.sends()
	if len(sent) > 2 {
		return unmet("%d calls of %s(2) sent them", len(sent), sent[0].Name).calls(sent...).by(e.stack(udpSend...))
	}
	return met("%s did", plural(len(sent), "system call")).calls(sent...)
}
