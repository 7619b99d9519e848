package trace

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// udpPacket makes a packet of IPv4 and UDP, with IP's field of fragments.
func udpPacket(length int, field uint16) Packet {
	header := make([]byte, 28)
	header[0] = 0x45
	binary.BigEndian.PutUint16(header[6:], field)
	return Packet{Protocol: UDP, Length: length, Data: header}
}

func TestFragments(t *testing.T) {
	t.Parallel()
	const dontFragment, more = 0x4000, 0x2000
	for _, test := range []struct {
		name            string
		packet          Packet
		payload         int
		fragment, later bool
	}{
		{"whole", udpPacket(1500, dontFragment), 1472, false, false},
		{"the first fragment", udpPacket(1500, more), 1472, true, false},
		{"one between", udpPacket(1500, more|185), 1480, true, true},
		{"the last", udpPacket(48, 370), 28, true, true},
		{"no data kept", Packet{Protocol: UDP, Length: 128}, 100, false, false},
		{"nonsense", Packet{Protocol: UDP, Length: 3, Data: []byte{0x4f}}, 0, false, false},
	} {
		if got := test.packet.Payload(); got != test.payload {
			t.Errorf("%s carries %d bytes, want %d", test.name, got, test.payload)
		}
		if fragment, later := test.packet.Fragment(), test.packet.LaterFragment(); fragment != test.fragment || later != test.later {
			t.Errorf("%s: fragment %t, later one %t", test.name, fragment, later)
		}
	}
}

// TestPayload: what a packet carries begins behind all its headers, with their options.
func TestPayload(t *testing.T) {
	t.Parallel()
	packet := func(protocol Protocol, headers ...[]byte) Packet {
		data := append(slices.Concat(headers...), "something"...)
		return Packet{Protocol: protocol, Length: len(data), Data: data}
	}
	header := func(length int, bytes map[int]byte) []byte {
		h := make([]byte, length)
		for i, b := range bytes {
			h[i] = b
		}
		return h
	}
	ipv4, ipv6 := header(20, map[int]byte{0: 0x45}), header(40, map[int]byte{0: 0x60})
	tcp := header(32, map[int]byte{7: 3, 11: 5, 12: 8 << 4, 13: 0x18})
	for _, test := range []struct {
		name   string
		packet Packet
		want   string
	}{
		{"UDP", packet(UDP, ipv4, make([]byte, 8)), "something"},
		{"UDP, IP with options", packet(UDP, header(24, map[int]byte{0: 0x46}), make([]byte, 8)), "something"},
		{"UDP, IPv6", packet(UDP, ipv6, make([]byte, 8)), "something"},
		{"TCP with options", packet(TCP, ipv4, tcp), "something"},
		{"TCP, IPv6", packet(TCP, ipv6, tcp), "something"},
		{"ICMP", packet(ICMP, ipv4, make([]byte, 8)), ""},
	} {
		if n, got := test.packet.Payload(), test.packet.Content(); n != len(test.want) || string(got) != test.want {
			t.Errorf("%s: %d bytes, %q", test.name, n, got)
		}
	}
	h, ok := packet(TCP, ipv4, tcp).TCP()
	if want := (TCPHeader{Sequence: 3, Acknowledgment: 5, Length: 32, Flags: ACK | PSH}); !ok || h != want {
		t.Errorf("header %+v, want %+v", h, want)
	}
	cut := packet(TCP, ipv4, tcp)
	cut.Data = cut.Data[:39]
	if _, ok := cut.TCP(); ok || cut.Payload() != 0 {
		t.Errorf("a header that was cut off: %v, %d bytes", ok, cut.Payload())
	}
	if h, ok := packet(ICMP, ipv4, []byte{3, 1, 0, 0, 0, 0, 5, 6}).ICMP(); !ok || h != (ICMPHeader{3, 1, [4]byte{2: 5, 3: 6}}) {
		t.Errorf("header of ICMP: %+v", h)
	}
	if _, ok := packet(UDP, ipv4, make([]byte, 8)).ICMP(); ok {
		t.Error("UDP has a header of ICMP")
	}
}

func TestTCPFlags(t *testing.T) {
	t.Parallel()
	for flags, want := range map[TCPFlags]string{
		0x00: "", 0x02: "SYN", 0x12: "ACK SYN", 0x11: "ACK FIN", 0x18: "ACK PSH", 0x14: "ACK RST",
		0xc2: "CWR ECE SYN", 0xff: "CWR ECE URG ACK PSH RST SYN FIN",
	} {
		text, err := flags.MarshalText()
		if err != nil || string(text) != want {
			t.Errorf("flags %#02x: %q, want %q", uint8(flags), text, want)
		}
		var back TCPFlags
		if err := back.UnmarshalText(text); err != nil || back != flags {
			t.Errorf("%q is %#02x, %v", text, uint8(back), err)
		}
	}
	if !(ACK | SYN).Has(SYN) || SYN.Has(ACK|SYN) {
		t.Error("flags are taken for others")
	}
}

// FuzzPacket holds that no packet, whatever is in it, brings down who reads it.
func FuzzPacket(f *testing.F) {
	for _, protocol := range []Protocol{TCP, UDP, ICMP, ICMPv6, "132"} {
		f.Add(string(protocol), 60, bytes.Repeat([]byte{0x45}, 60))
		f.Add(string(protocol), -60, bytes.Repeat([]byte{0x60}, 60))
		f.Add(string(protocol), 60, []byte{0x4f})
	}
	f.Fuzz(func(t *testing.T, protocol string, length int, data []byte) {
		p := Packet{Protocol: Protocol(protocol), Length: length, Data: data}
		n, content := p.Payload(), p.Content()
		if n < 0 || n > max(0, length) || len(content) > len(data) {
			t.Errorf("of %d bytes it carries %d, of %d that were kept %d", length, n, len(data), len(content))
		}
		if p.LaterFragment() && !p.Fragment() {
			t.Error("a later fragment is none")
		}
		if _, ok := p.TCP(); ok && p.Protocol != TCP {
			t.Errorf("%s has a header of TCP", p.Protocol)
		}
		p.ICMP()
	})
}
