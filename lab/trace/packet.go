package trace

import (
	"fmt"
	"net/netip"
	"strings"
)

// A Packet is one packet handed to a device for sending, or taken from one.
type Packet struct {
	Time      int64          `json:"time"`
	Device    string         `json:"device"`
	Direction Direction      `json:"direction"`
	Role      Role           `json:"role"` // whose network namespace, or thread, it is
	Context   Context        `json:"context"`
	Protocol  Protocol       `json:"protocol"`
	Source    netip.AddrPort `json:"source"`      // its port is 0 in protocols without ports, and in later fragments
	Dest      netip.AddrPort `json:"destination"` // likewise
	Flags     TCPFlags       `json:"flags,omitzero"`
	Length    int            `json:"length"`           // bytes from the network header on
	Socket    uint64         `json:"socket,omitempty"` // of one that leaves, that it is of: see [Syscall]
	TID       int            `json:"tid,omitempty"`    // the thread in whose system call it left
	Data      []byte         `json:"data,omitempty"`   // the first of them, at most 127; in the file in base64
}

// A Direction is the way of a packet: [Out] to a device, or [In] from one.
type Direction string

// The directions.
const (
	Out Direction = "out"
	In  Direction = "in"
)

// A Protocol is what a packet carries on top of IP: one of those below, or the protocol's
// number.
type Protocol string

// The protocols that the lab has names for.
const (
	TCP    Protocol = "TCP"
	UDP    Protocol = "UDP"
	ICMP   Protocol = "ICMP"
	ICMPv6 Protocol = "ICMPv6"
)

// TCPFlags are the flags of a TCP header, added up by |. As text they have spaces between,
// in the order of the kernel's log, as ACK FIN.
type TCPFlags uint8

// The flags (RFC 9293).
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// tcpFlags are their names, by their bits.
var tcpFlags = [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"}

// Has tells whether all of some flags are set.
func (f TCPFlags) Has(flags TCPFlags) bool { return f&flags == flags }

// String returns the names of the flags that are set: "ACK FIN".
func (f TCPFlags) String() string {
	var names []string
	for bit := len(tcpFlags) - 1; bit >= 0; bit-- {
		if f&(1<<bit) != 0 {
			names = append(names, tcpFlags[bit])
		}
	}
	return strings.Join(names, " ")
}

// MarshalText returns the same.
func (f TCPFlags) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads such names. It fails if one is no flag's.
func (f *TCPFlags) UnmarshalText(text []byte) error {
	*f = 0
next:
	for _, name := range strings.Fields(string(text)) {
		for bit, known := range tcpFlags {
			if name == known {
				*f |= 1 << bit
				continue next
			}
		}
		return fmt.Errorf("%q is no flag of TCP", name)
	}
	return nil
}

// Payload returns how many bytes a packet of TCP or UDP carries for a program; 0 for those
// of other protocols. Where its beginning was not kept it is taken for one of IPv4, without
// options.
func (p Packet) Payload() int {
	n := p.Length - p.ipHeader()
	switch p.Protocol {
	case UDP:
		if !p.LaterFragment() { // only the first has UDP's header
			n -= udpHeader
		}
	case TCP:
		h, ok := p.TCP()
		if !ok {
			return 0
		}
		n -= h.Length
	default:
		return 0
	}
	return max(0, n)
}

// Content returns those bytes, as far as they were kept.
func (p Packet) Content() []byte {
	return p.Data[min(max(0, p.Length-p.Payload()), len(p.Data)):]
}

// ipHeader returns the length of the packet's IP header.
func (p Packet) ipHeader() int {
	if p.version() == 6 {
		return ipv6Header
	}
	if h, ok := p.ipv4(); ok {
		return h.Length
	}
	return ipv4Header
}

// ipv4 returns the packet's header of IPv4, if it has one that was kept.
func (p Packet) ipv4() (IPv4Header, bool) {
	if p.version() != 4 {
		return IPv4Header{}, false
	}
	return ParseIPv4(p.Data)
}

// version returns 4 or 6, or 0 if no byte was kept.
func (p Packet) version() byte {
	if len(p.Data) == 0 {
		return 0
	}
	return p.Data[0] >> 4
}

// Fragment tells whether a packet is a piece of a datagram of IPv4 that was too large for
// one. (Those of IPv6 have a header of their own, and their protocol is the header's.)
func (p Packet) Fragment() bool {
	h, ok := p.ipv4()
	return ok && (h.MoreFragments || h.FragmentOffset > 0)
}

// LaterFragment tells whether a packet is such a piece, and not the first.
func (p Packet) LaterFragment() bool {
	h, ok := p.ipv4()
	return ok && h.FragmentOffset > 0
}

// TCP returns the packet's TCP header, if it has one that was kept.
func (p Packet) TCP() (TCPHeader, bool) {
	if p.Protocol != TCP || p.LaterFragment() {
		return TCPHeader{}, false
	}
	return ParseTCP(p.behindIP())
}

// ICMP returns the packet's header of ICMP, or of ICMPv6, if it has one that was kept.
func (p Packet) ICMP() (ICMPHeader, bool) {
	if p.Protocol != ICMP && p.Protocol != ICMPv6 || p.LaterFragment() {
		return ICMPHeader{}, false
	}
	return ParseICMP(p.behindIP())
}

// behindIP returns what was kept of the packet behind its IP header.
func (p Packet) behindIP() []byte { return p.Data[min(p.ipHeader(), len(p.Data)):] }
