package kernel

import "slices"

// A Part is a part in the network stack that some kernel function plays. Claims and
// exercises ask for the part; who plays it is the affair of the kernel at hand. The parts
// are those of IPv4: an IPv6 socket's own connect and sendmsg are others.
type Part struct {
	Name    string
	Hook    bool     // the article looks at it: its calls are kept with their arguments
	Players []Player // the newest first

	// Around are functions just above or below the players. Where a player has left no
	// frame, or has no probe, a stack that passes through one of them shows the part.
	Around []string
}

// A Player is a function that plays a part from some kernel on, until the next one does.
type Player struct {
	Function string
	Since    Version // zero: on every kernel before the next player's
}

// The parts, by the names that traces, claims and users have for them.
const (
	TCPConnect  = "TCP connect"
	UDPConnect  = "UDP connect"
	UDPSend     = "UDP send"
	TCPTransmit = "TCP transmit"
	IPSend      = "IP send"
	UDPReceive  = "UDP receive"
	PacketDrop  = "Packet drop"
)

// parts are in the order in which a conversation runs through them.
var parts = []Part{
	{
		Name: TCPConnect, Hook: true,
		Players: []Player{{Function: "tcp_connect"}},
		Around:  []string{"tcp_v4_connect"},
	},
	{
		// 6.13 gave UDP a connect of its own. The older function is still there, for ping
		// and raw sockets, but UDP never calls it.
		Name: UDPConnect, Hook: true,
		Players: []Player{{"udp_connect", Version{6, 13}}, {Function: "ip4_datagram_connect"}},
		Around:  []string{"__ip4_datagram_connect"},
	},
	{
		Name: UDPSend, Hook: true,
		Players: []Player{{Function: "udp_sendmsg"}},
	},
	{
		// Since 4.18 the shorter name is a wrapper, which compilers inline.
		Name:    TCPTransmit,
		Players: []Player{{"__tcp_transmit_skb", Version{4, 18}}, {Function: "tcp_transmit_skb"}},
	},
	{
		Name:    IPSend,
		Players: []Player{{Function: "ip_send_skb"}},
	},
	{
		// A function of its own since 4.13; compilers inlined it before.
		Name: UDPReceive, Hook: true,
		Players: []Player{{Function: "__skb_recv_udp"}},
		Around:  []string{"udp_recvmsg", "sock_recvmsg"}, // the latter calls a tracepoint
	},
	{
		// Since 5.17 it is told the reason, since 6.11 the socket, too.
		Name:    PacketDrop,
		Players: []Player{{"sk_skb_reason_drop", Version{6, 11}}, {"kfree_skb_reason", Version{5, 17}}, {Function: "kfree_skb"}},
	},
}

// Parts returns all parts, in the order in which a conversation runs through them.
func Parts() []Part { return slices.Clone(parts) }

// Hooks returns the parts that the article looks at, in the same order.
func Hooks() []Part { return slices.DeleteFunc(Parts(), func(p Part) bool { return !p.Hook }) }

// PartNamed returns the part of that name.
func PartNamed(name string) (Part, bool) {
	if i := slices.IndexFunc(parts, func(p Part) bool { return p.Name == name }); i >= 0 {
		return parts[i], true
	}
	return Part{}, false
}

// Functions returns the names of the players, the newest first.
func (p Part) Functions() []string {
	var all []string
	for _, player := range p.Players {
		all = append(all, player.Function)
	}
	return all
}

// On returns the function that plays the part on a kernel, by its version. Distributions
// carry changes back to older kernels: where the kernel itself can be asked, the newest
// player that it has is the right one.
func (p Part) On(v Version) string {
	for _, player := range p.Players {
		if !v.Before(player.Since) {
			return player.Function
		}
	}
	return ""
}

// Today returns the players on kernels that the lab can trace, the oldest first.
func (p Part) Today() []string {
	var all []string
	for _, player := range p.Players {
		all = append(all, player.Function)
		if !Oldest.Before(player.Since) {
			break
		}
	}
	slices.Reverse(all)
	return all
}

// Players returns the functions that play the part of that name, the newest first.
func Players(part string) []string {
	p, _ := PartNamed(part)
	return p.Functions()
}

// Shows returns the functions by whose frame a stack shows the part of that name: its
// players first, and those around them.
func Shows(part string) []string {
	p, _ := PartNamed(part)
	return slices.Concat(p.Functions(), p.Around)
}

// Plays tells whether a function, by the kernel's name for it or by the source's, plays the
// part of that name on any kernel.
func Plays(function, part string) bool { return slices.Contains(Players(part), Base(function)) }
