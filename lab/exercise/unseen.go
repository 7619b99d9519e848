package exercise

import (
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// nothingHidden is expected of every run, as [whole] is: what left, left in a system call that
// was seen. Of what was done in another way nobody knows how often, or by whose order.
var nothingHidden = Expectation{"all that was sent and received went by system calls that the lab sees", func(e Evidence) Finding {
	for _, c := range e.Syscalls {
		if c.Role == e.you && worked(c) && kernel.IsSyscall(c.Name, kernel.Hides) {
			return unproved("%s(2) went well, and what is done by it, nobody sees", c.Name).calls(c)
		}
	}
	if left := e.unseen(); len(left) > 0 {
		return unproved("%s left by no call that the lab saw", plural(len(left), "datagram")).packets(left)
	}
	return met("")
}}

// unseen are the datagrams of the learner's sockets that left in no call of theirs that sends.
// What was held back by UDP_CORK leaves when that is taken off again. Where the other end is on
// the same machine, its packets seem to be the learner's, and its sockets are not.
func (e Evidence) unseen() []trace.Packet {
	theirs := make(map[uint64]bool)
	for _, c := range e.callsOf(e.other()) {
		theirs[c.Socket] = true
	}
	var of []trace.Syscall
	for _, c := range e.calls() {
		if isSending(c) || c.Name == "setsockopt" {
			of = append(of, c)
		}
	}
	return e.packets(func(p trace.Packet) bool {
		return p.Role == e.you && p.Direction == trace.Out && isUDP(p) && p.Socket != 0 && !theirs[p.Socket] &&
			!slices.ContainsFunc(of, func(c trace.Syscall) bool { return leftIn(p, c) })
	})
}

// leftIn tells whether a packet left in the course of a call on its socket.
func leftIn(p trace.Packet, c trace.Syscall) bool {
	return p.Direction == trace.Out && p.Socket != 0 && p.Socket == c.Socket && during(c, p.Time) && (p.TID == 0 || p.TID == c.TID)
}
