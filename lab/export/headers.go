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

func word(b []byte) uint16 { return binary.BigEndian.Uint16(b) }

func (h *header) ip4(quoted bool) {
	length := h.length
	ip, ok := h.nextIP(20)
	if !ok {
		return
	}
	if total := int(word(ip[2:])); total > 0 { // it is 0 in TCP's largest ones
		length = total
	}
	source, destination := netip.AddrFrom4([4]byte(ip[12:])), netip.AddrFrom4([4]byte(ip[16:]))
	h.say("SRC=%s DST=%s LEN=%d TOS=0x%02X PREC=0x%02X TTL=%d ID=%d", source, destination, length, ip[1]&0x1e, ip[1]&0xe0, ip[8], word(ip[4:]))
	h.skip(max(0, int(ip[0]&0xf)*4-20)) // its options
	fragment := word(ip[6:])
	h.flags(fragment, []string{"CE", "DF", "MF"})
	offset := fragment & 0x1fff
	if offset > 0 {
		h.say("FRAG:%d", offset)
	}
	switch protocol := ip[9]; protocol {
	case 1:
		h.icmp(offset > 0, quoted)
	case 6:
		h.tcp(offset > 0)
	case 17:
		h.udp(offset > 0)
	default:
		h.say("PROTO=%d", protocol)
	}
}

// flags says the names of those of the highest bits that are set.
func (h *header) flags(bits uint16, names []string) {
	for i, name := range names {
		if bits<<i&0x8000 != 0 {
			h.say("%s", name)
		}
	}
}

// ip6 writes addresses with all their zeros, as the log does.
func (h *header) ip6(quoted bool) {
	ip, ok := h.nextIP(40)
	if !ok {
		return
	}
	source, destination := netip.AddrFrom16([16]byte(ip[8:])), netip.AddrFrom16([16]byte(ip[24:]))
	first := binary.BigEndian.Uint32(ip)
	h.say("SRC=%s DST=%s LEN=%d TC=%d HOPLIMIT=%d FLOWLBL=%d", source.StringExpanded(), destination.StringExpanded(),
		int(word(ip[4:]))+40, first>>20&0xff, ip[7], first&0xfffff)
	switch protocol := ip[6]; protocol { // extension headers are not followed
	case 6:
		h.tcp(false)
	case 17:
		h.udp(false)
	case 58:
		h.icmp6(quoted)
	default:
		h.say("PROTO=%d", protocol)
	}
}

func (h *header) tcp(fragment bool) {
	h.say("PROTO=TCP")
	if fragment {
		return
	}
	tcp, ok := h.next(20)
	if !ok {
		return
	}
	h.say("SPT=%d DPT=%d WINDOW=%d RES=0x%02x", word(tcp), word(tcp[2:]), word(tcp[14:]), tcp[12]&0xf<<2)
	h.flags(uint16(tcp[13])<<8, []string{"CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"})
	h.say("URGP=%d", word(tcp[18:]))
}

func (h *header) udp(fragment bool) {
	h.say("PROTO=UDP")
	if fragment {
		return
	}
	if udp, ok := h.next(8); ok {
		h.say("SPT=%d DPT=%d LEN=%d", word(udp), word(udp[2:]), word(udp[4:]))
	}
}

func (h *header) icmp(fragment, quoted bool) {
	h.say("PROTO=ICMP")
	if fragment {
		return
	}
	icmp, ok := h.next(8)
	if !ok {
		return
	}
	kind, code := icmp[0], icmp[1]
	h.say("TYPE=%d CODE=%d", kind, code)
	switch kind {
	case 0, 8: // echo reply, echo
		h.say("ID=%d SEQ=%d", word(icmp[4:]), word(icmp[6:]))
	case 12: // parameter problem
		h.say("PARAMETER=%d", icmp[4])
	case 5: // redirect
		h.say("GATEWAY=%s", netip.AddrFrom4([4]byte(icmp[4:])))
		h.quote(quoted, h.ip4)
	case 3, 4, 11: // unreachable, source quench, time exceeded
		h.quote(quoted, h.ip4)
	}
	if kind == 3 && code == 4 { // fragmentation needed
		h.say("MTU=%d", word(icmp[6:]))
	}
}

func (h *header) icmp6(quoted bool) {
	h.say("PROTO=ICMPv6")
	icmp, ok := h.next(8)
	if !ok {
		return
	}
	kind := icmp[0]
	h.say("TYPE=%d CODE=%d", kind, icmp[1])
	switch kind {
	case 128, 129: // echo request, reply
		h.say("ID=%d SEQ=%d", word(icmp[4:]), word(icmp[6:]))
	case 4: // parameter problem
		h.say("POINTER=%08x", binary.BigEndian.Uint32(icmp[4:]))
		h.quote(quoted, h.ip6)
	case 1, 2, 3: // unreachable, too big, time exceeded
		h.quote(quoted, h.ip6)
	}
	if kind == 2 {
		h.say("MTU=%d", binary.BigEndian.Uint32(icmp[4:]))
	}
}

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
