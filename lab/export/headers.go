package export

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"dialpath/lab/trace"
)

// headers says of a packet what the kernel's log says: the functions here follow those of
// net/netfilter/nf_log_syslog.c, without the options that no rule of the lab's asks for.
//
// The kernel has the whole packet, and here is its beginning. Where that ends before what
// is to be told, nothing more is told; INCOMPLETE is what the packet itself is.
func headers(p trace.Packet) string {
	h := &header{rest: p.Data, length: max(p.Length, len(p.Data))}
	if p.Data[0]>>4 == 6 {
		h.ip6(false)
	} else {
		h.ip4(false)
	}
	return strings.Join(h.words, " ")
}

// A header is one that is being read.
type header struct {
	words  []string
	rest   []byte // what is captured from here on
	length int    // what the packet has from here on
}

func (h *header) say(format string, args ...any) {
	h.words = append(h.words, fmt.Sprintf(format, args...))
}

// next takes n bytes. If the packet has not so many, it says so.
func (h *header) next(n int) ([]byte, bool) {
	switch {
	case h.length < n:
		h.say("INCOMPLETE [%d bytes]", h.length)
		return nil, false
	case len(h.rest) < n:
		return nil, false
	}
	taken := h.rest[:n]
	h.rest, h.length = h.rest[n:], h.length-n
	return taken, true
}

// nextIP takes an IP header, for whose lack there is another word.
func (h *header) nextIP(n int) ([]byte, bool) {
	if h.length < n {
		h.say("TRUNCATED")
		return nil, false
	}
	return h.next(n)
}

func (h *header) skip(n int) {
	h.rest, h.length = h.rest[min(n, len(h.rest)):], max(0, h.length-n)
}

func (h *header) ip4(quoted bool) {
	length := h.length
	data, ok := h.nextIP(20)
	if !ok {
		return
	}
	ip, _ := trace.ParseIPv4(data)
	if ip.Total > 0 { // it is 0 in TCP's largest ones
		length = ip.Total
	}
	h.say("SRC=%s DST=%s LEN=%d TOS=0x%02X PREC=0x%02X TTL=%d ID=%d", ip.Source, ip.Dest, length, ip.Service&0x1e, ip.Service&0xe0, ip.TimeToLive, ip.ID)
	h.skip(ip.Length - 20) // its options
	for _, flag := range []struct {
		set  bool
		name string
	}{{ip.Reserved, "CE"}, {ip.DontFragment, "DF"}, {ip.MoreFragments, "MF"}} {
		if flag.set {
			h.say("%s", flag.name)
		}
	}
	later := ip.FragmentOffset > 0
	if later {
		h.say("FRAG:%d", ip.FragmentOffset)
	}
	switch ip.Protocol {
	case 1:
		h.icmp(later, quoted)
	case 6:
		h.tcp(later)
	case 17:
		h.udp(later)
	default:
		h.say("PROTO=%d", ip.Protocol)
	}
}

// ip6 writes addresses with all their zeros, as the log does.
func (h *header) ip6(quoted bool) {
	data, ok := h.nextIP(40)
	if !ok {
		return
	}
	ip, _ := trace.ParseIPv6(data)
	h.say("SRC=%s DST=%s LEN=%d TC=%d HOPLIMIT=%d FLOWLBL=%d", ip.Source.StringExpanded(), ip.Dest.StringExpanded(),
		ip.Payload+40, ip.Class, ip.HopLimit, ip.Flow)
	switch ip.Next { // extension headers are not followed
	case 6:
		h.tcp(false)
	case 17:
		h.udp(false)
	case 58:
		h.icmp6(quoted)
	default:
		h.say("PROTO=%d", ip.Next)
	}
}

func (h *header) tcp(fragment bool) {
	h.say("PROTO=TCP")
	if fragment {
		return
	}
	data, ok := h.next(20)
	if !ok {
		return
	}
	tcp, _ := trace.ParseTCP(data)
	h.say("SPT=%d DPT=%d WINDOW=%d RES=0x%02x", tcp.Source, tcp.Dest, tcp.Window, tcp.Reserved<<2)
	if tcp.Flags != 0 {
		h.say("%s", tcp.Flags)
	}
	h.say("URGP=%d", tcp.Urgent)
}

func (h *header) udp(fragment bool) {
	h.say("PROTO=UDP")
	if fragment {
		return
	}
	if data, ok := h.next(8); ok {
		udp, _ := trace.ParseUDP(data)
		h.say("SPT=%d DPT=%d LEN=%d", udp.Source, udp.Dest, udp.Length)
	}
}

func (h *header) icmp(fragment, quoted bool) {
	h.say("PROTO=ICMP")
	if fragment {
		return
	}
	data, ok := h.next(8)
	if !ok {
		return
	}
	icmp, _ := trace.ParseICMP(data)
	h.say("TYPE=%d CODE=%d", icmp.Type, icmp.Code)
	switch icmp.Type {
	case 0, 8: // echo reply, echo
		h.say("ID=%d SEQ=%d", word(icmp.Rest[:]), word(icmp.Rest[2:]))
	case 12: // parameter problem
		h.say("PARAMETER=%d", icmp.Rest[0])
	case 5: // redirect
		h.say("GATEWAY=%s", netip.AddrFrom4(icmp.Rest))
		h.quote(quoted, h.ip4)
	case 3, 4, 11: // unreachable, source quench, time exceeded
		h.quote(quoted, h.ip4)
	}
	if icmp.Type == 3 && icmp.Code == 4 { // fragmentation needed
		h.say("MTU=%d", word(icmp.Rest[2:]))
	}
}

func (h *header) icmp6(quoted bool) {
	h.say("PROTO=ICMPv6")
	data, ok := h.next(8)
	if !ok {
		return
	}
	icmp, _ := trace.ParseICMP(data)
	h.say("TYPE=%d CODE=%d", icmp.Type, icmp.Code)
	switch icmp.Type {
	case 128, 129: // echo request, reply
		h.say("ID=%d SEQ=%d", word(icmp.Rest[:]), word(icmp.Rest[2:]))
	case 4: // parameter problem
		h.say("POINTER=%08x", binary.BigEndian.Uint32(icmp.Rest[:]))
		h.quote(quoted, h.ip6)
	case 1, 2, 3: // unreachable, too big, time exceeded
		h.quote(quoted, h.ip6)
	}
	if icmp.Type == 2 {
		h.say("MTU=%d", binary.BigEndian.Uint32(icmp.Rest[:]))
	}
}

func word(b []byte) uint16 { return binary.BigEndian.Uint16(b) }

// quote says in brackets what is in the packet that an error is about. The kernel does it
// once: an error is not about another.
func (h *header) quote(quoted bool, ip func(quoted bool)) {
	if quoted {
		return
	}
	before := h.words
	h.words = nil
	ip(true)
	h.words = append(before, fmt.Sprintf("[%s ]", strings.Join(h.words, " ")))
}
