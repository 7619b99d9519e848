package exercise

import (
	"cmp"
	"net/netip"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// A receipt is one datagram that a system call got from a socket.
type receipt struct {
	call   trace.Syscall
	packet trace.Packet // that brought it; the zero packet, if that is not known
	from   netip.AddrPort
	told   bool // the call told the program whose it was
	peek   bool // it is still there, for the next call
	whole  bool // there was room for all of it
	length int  // bytes that got to the program
}

// known tells whether the datagram was found among those that came.
func (r receipt) known() bool { return r.packet.Length > 0 }

// received returns what the calls on a socket got, in order. A socket has one queue: what
// comes first is received first, and a call that tells whose it was must agree. What is told
// by no call, and cannot be found either, has no sender here.
func (e Evidence) received(s socket) []receipt {
	queue := e.queue(s)
	var all []receipt
	for _, c := range byEnd(s.calls) {
		if !isReceiving(c) || c.Errno != "" || c.Unfinished || c.Flags.Has(kernel.MsgErrQueue) || c.Return < 0 {
			continue
		}
		for _, r := range messages(c) {
			i := slices.IndexFunc(queue, func(p trace.Packet) bool {
				return p.Time <= ended(c) && (!r.told || p.Source == r.from)
			})
			if i >= 0 {
				r.packet, r.from = queue[i], queue[i].Source
				if !r.peek {
					queue = slices.Delete(queue, i, i+1)
				}
			}
			if r.known() {
				all := sizeOf(r.packet)
				r.length = min(r.length, all)
				r.whole = r.length == all
			}
			all = append(all, r)
		}
	}
	return all
}

// byEnd returns calls in the order in which they returned.
func byEnd(calls []trace.Syscall) []trace.Syscall {
	calls = slices.Clone(calls)
	slices.SortStableFunc(calls, func(a, b trace.Syscall) int { return cmp.Compare(ended(a), ended(b)) })
	return calls
}

// mostBuffers is how many of a call's buffers the lab adds up: of more, it knows no size.
const mostBuffers = 8

// messages returns what a call received, before it is known which datagram that was: several
// of recvmmsg(2), which returns how many there are.
func messages(c trace.Syscall) []receipt {
	one := receipt{call: c, peek: c.Flags.Has(kernel.MsgPeek)}
	if !kernel.IsSyscall(c.Name, kernel.Batches) {
		one.length = int(c.Return)
		if c.Size > 0 || c.Buffers <= mostBuffers { // MSG_TRUNC has it return more than there was room for
			one.length = min(one.length, c.Size)
		}
		one.from, one.told = c.Peer(), c.Peer().Port() != 0
		return []receipt{one}
	}
	var all []receipt
	for i := range int(c.Return) {
		r := one
		if i < len(c.Each) {
			r.length, r.from = c.Each[i].Length, sender(c.Each[i])
			r.told = r.from.Port() != 0
		} else if i == 0 {
			r.length, r.from, r.told = c.Size, c.Peer(), c.Peer().Port() != 0
		} else {
			r.length = c.Size // a recording that has not each of them
		}
		all = append(all, r)
	}
	return all
}

// sender returns a message's address as packets have it, as [trace.Syscall.Peer] does. Of one
// that is sent, it is to whom.
func sender(m trace.Message) netip.AddrPort { return trace.Syscall{Address: m.Address}.Peer() }

// queue returns the datagrams that came for a socket, in order. A socket with a peer gets
// those of its peer alone.
func (e Evidence) queue(s socket) []trace.Packet {
	ports := e.portsOf(s)
	return e.packets(func(p trace.Packet) bool {
		if p.Role != e.you || p.Direction != trace.In || !isUDP(p) || p.LaterFragment() || !slices.Contains(ports, p.Dest.Port()) {
			return false
		}
		peer := s.peerAt(p.Time)
		return peer.Port() == 0 || peer == p.Source
	})
}

// sizeOf returns how many bytes of data the datagram has that a packet, or the first piece of
// one, belongs to: UDP's header says.
func sizeOf(p trace.Packet) int {
	if at := p.Length - p.Payload() - udpHeader; p.Fragment() && at >= 0 && len(p.Data) >= at {
		if header, ok := trace.ParseUDP(p.Data[at:]); ok {
			return header.Length - udpHeader
		}
	}
	return p.Payload()
}

// udpHeader is the length of UDP's header, in bytes.
const udpHeader = 8

// portsOf returns the ports that a socket has had, each once: those that its datagrams came
// from, and those that a call told.
func (e Evidence) portsOf(s socket) []uint16 {
	all := ports(e.packets(func(p trace.Packet) bool { return p.Direction == trace.Out && p.Socket != 0 && p.Socket == s.number }))
	for _, c := range s.named("bind", "getsockname") {
		if port := c.Peer().Port(); port != 0 && c.Errno == "" && !slices.Contains(all, port) {
			all = append(all, port)
		}
	}
	return all
}
