package exercise

import (
	"net/netip"
	"slices"

	"dialpath/lab/trace"
)

// leftFor are the learner's packets of TCP and UDP for an address, in order of time.
func (e Evidence) leftFor(addr netip.AddrPort) []trace.Packet {
	return slices.DeleteFunc(e.left(), func(p trace.Packet) bool { return !isFor(p, addr) })
}

// isFor tells whether a packet is for an address. Fragments behind the first have no port.
func isFor(p trace.Packet, addr netip.AddrPort) bool {
	dest := unmapped(p.Dest)
	return dest == addr || p.LaterFragment() && dest.Addr() == addr.Addr()
}

// cameFrom are the datagrams that arrived at the learner's machine from an address.
func (e Evidence) cameFrom(addr netip.AddrPort) []trace.Packet {
	return slices.DeleteFunc(e.came(trace.UDP), func(p trace.Packet) bool { return unmapped(p.Source) != addr })
}

// unmapped returns an address without the clothes of IPv6, if it is one of IPv4.
func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// nothingFor says why nothing left for the server.
func (e Evidence) nothingFor(server netip.AddrPort) Finding {
	sent := e.left()
	switch {
	case len(sent) == 0 || !isUDP(sent[0]):
	case unmapped(sent[0].Dest).Addr() == server.Addr():
		return unmet("nothing left for the server: what left was for port %d, and it is at port %d", sent[0].Dest.Port(), server.Port()).packets(sent)
	default:
		return unmet("nothing left for the server: what left was for another address than %s", server.Addr()).packets(sent)
	}
	return sentNowhere(e)
}

// sendersOf returns the system calls in whose course some packets left, in order of time and
// each once. Of a packet that left in none, there is none: see [nothingHidden].
func (e Evidence) sendersOf(packets []trace.Packet) []trace.Syscall {
	return slices.DeleteFunc(e.calls(sending...), func(c trace.Syscall) bool {
		return !slices.ContainsFunc(packets, func(p trace.Packet) bool { return leftIn(p, c) })
	})
}
