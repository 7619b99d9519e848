package trace

import (
	"encoding/binary"
	"net/netip"
)

// The lengths of headers, in bytes, without options.
const (
	ipv4Header = 20
	ipv6Header = 40
	tcpHeader  = 20
	udpHeader  = 8
	icmpHeader = 8
)

// An IPv4Header is what a header of IPv4 says (RFC 791).
type IPv4Header struct {
	Length         int   // of the header, with its options, in bytes
	Service        uint8 // type of service
	Total          int   // bytes of the whole packet; 0 in TCP's largest ones
	ID             uint16
	Reserved       bool // the first flag; the kernel's log calls it CE
	DontFragment   bool
	MoreFragments  bool
	FragmentOffset int // in units of 8 bytes
	TimeToLive     uint8
	Protocol       uint8
	Source, Dest   netip.Addr
}

// ParseIPv4 reads the header with which data begin. It fails if they are too few.
func ParseIPv4(data []byte) (IPv4Header, bool) {
	if len(data) < ipv4Header {
		return IPv4Header{}, false
	}
	fragment := word(data[6:])
	return IPv4Header{
		Length:         max(ipv4Header, int(data[0]&0xf)*4),
		Service:        data[1],
		Total:          int(word(data[2:])),
		ID:             word(data[4:]),
		Reserved:       fragment&0x8000 != 0,
		DontFragment:   fragment&0x4000 != 0,
		MoreFragments:  fragment&0x2000 != 0,
		FragmentOffset: int(fragment & 0x1fff),
		TimeToLive:     data[8],
		Protocol:       data[9],
		Source:         netip.AddrFrom4([4]byte(data[12:])),
		Dest:           netip.AddrFrom4([4]byte(data[16:])),
	}, true
}

// An IPv6Header is what a header of IPv6 says (RFC 8200). The headers that may follow
// before the payload's are not read.
type IPv6Header struct {
	Class        uint8
	Flow         uint32
	Payload      int // bytes behind the header
	Next         uint8
	HopLimit     uint8
	Source, Dest netip.Addr
}

// ParseIPv6 reads the header with which data begin. It fails if they are too few.
func ParseIPv6(data []byte) (IPv6Header, bool) {
	if len(data) < ipv6Header {
		return IPv6Header{}, false
	}
	first := long(data)
	return IPv6Header{
		Class:    uint8(first >> 20),
		Flow:     first & 0xfffff,
		Payload:  int(word(data[4:])),
		Next:     data[6],
		HopLimit: data[7],
		Source:   netip.AddrFrom16([16]byte(data[8:])),
		Dest:     netip.AddrFrom16([16]byte(data[24:])),
	}, true
}

// A TCPHeader is what a header of TCP says (RFC 9293).
type TCPHeader struct {
	Source, Dest   uint16
	Sequence       uint32 // where in the stream the data begin
	Acknowledgment uint32 // up to where in the other stream all has come
	Length         int    // of the header, with its options, in bytes
	Reserved       uint8
	Flags          TCPFlags
	Window, Urgent uint16
}

// ParseTCP reads the header with which data begin. It fails if they are too few.
func ParseTCP(data []byte) (TCPHeader, bool) {
	if len(data) < tcpHeader {
		return TCPHeader{}, false
	}
	return TCPHeader{
		Source: word(data), Dest: word(data[2:]),
		Sequence: long(data[4:]), Acknowledgment: long(data[8:]),
		Length: int(data[12]>>4) * 4, Reserved: data[12] & 0xf, Flags: TCPFlags(data[13]),
		Window: word(data[14:]), Urgent: word(data[18:]),
	}, true
}

// A UDPHeader is what a header of UDP says (RFC 768).
type UDPHeader struct {
	Source, Dest uint16
	Length       int // of the header and the payload, in bytes
}

// ParseUDP reads the header with which data begin. It fails if they are too few.
func ParseUDP(data []byte) (UDPHeader, bool) {
	if len(data) < udpHeader {
		return UDPHeader{}, false
	}
	return UDPHeader{word(data), word(data[2:]), int(word(data[4:]))}, true
}

// An ICMPHeader is what a header of ICMP (RFC 792) or of ICMPv6 (RFC 4443) says.
type ICMPHeader struct {
	Type, Code uint8
	Rest       [4]byte // what it means depends on the type
}

// ParseICMP reads the header with which data begin. It fails if they are too few.
func ParseICMP(data []byte) (ICMPHeader, bool) {
	if len(data) < icmpHeader {
		return ICMPHeader{}, false
	}
	return ICMPHeader{data[0], data[1], [4]byte(data[4:])}, true
}

// word and long read numbers in the order of the network.
func word(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
func long(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
