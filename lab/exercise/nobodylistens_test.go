package exercise

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

func TestHearsRefusal(t *testing.T) {
	t.Parallel()
	const own, server = "10.0.0.1:4000", "10.0.0.2:1337"
	const refused = "ECONNREFUSED"
	const ready = "the error lay ready on the socket, and after it no call was made that would have fetched it"
	const dropped = "the message came, and was dropped: the socket that had sent is not connected, so the kernel reports to nobody"
	const elsewhere = ". connect(2) said ECONNREFUSED on another socket, which is about something else"
	// sends has socket 3 send a datagram, and the message about it come.
	sends := func(h *handmade) {
		h.sends(3).packet(trace.In, "10.0.0.2:0", "10.0.0.1:0")
		p := &h.Packets[1]
		p.Protocol, p.Data = trace.ICMP, unreachableAbout(own, server)
		p.Length = len(p.Data)
	}
	option := func(h *handmade, name string, o kernel.Option, value int64) {
		h.call(3, name, 0)
		h.Syscalls[len(h.Syscalls)-1].Option = trace.Option{Option: o, Length: 4, Value: &value}
	}
	for _, test := range []struct {
		name string
		made func(*handmade)
		want string
	}{
		{"told", func(h *handmade) { h.call(3, connecting, 0); sends(h); h.call(3, "read(9 bytes)", -1, refused) }, "met"},
		{"on a copy", func(h *handmade) {
			h.call(3, connecting, 0).call(3, "dup()", 7)
			sends(h)
			h.call(7, "read(9 bytes)", -1, refused)
		}, "met"},
		{"has not asked", func(h *handmade) { h.call(3, connecting, 0); sends(h) }, ready},
		{"has not asked, and may", func(h *handmade) { option(h, "setsockopt()", kernel.IPRecvErr, 1); sends(h) }, ready},
		{"by SO_ERROR", func(h *handmade) {
			h.call(3, connecting, 0)
			sends(h)
			option(h, "getsockopt()", kernel.SocketError, 111)
		}, "met"},
		{"by SO_ERROR, too early", func(h *handmade) {
			h.call(3, connecting, 0)
			sends(h)
			option(h, "getsockopt()", kernel.SocketError, 0)
		}, ready},
		{"takes back what it had asked for", func(h *handmade) { option(h, "setsockopt()", kernel.IPRecvErr, 0); sends(h) }, dropped},
		{"unconnected", sends, dropped},
		{"another socket is told", func(h *handmade) {
			sends(h)
			h.call(-1, "socket(AF_INET, SOCK_STREAM)", 4).call(4, connecting, -1, refused)
		}, dropped + elsewhere},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := new(handmade).socket(3)
			test.made(h)
			if got := says(hearsRefusal(h.evidence())); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// unreachableAbout is an ICMP message that nobody listens, about a datagram.
func unreachableAbout(source, dest string) []byte {
	from, to := netip.MustParseAddrPort(source), netip.MustParseAddrPort(dest)
	data := make([]byte, 28+28)
	data[0], data[20], data[21] = 0x45, 3, 3
	about := data[28:]
	about[0] = 0x45
	copy(about[12:], from.Addr().AsSlice())
	copy(about[16:], to.Addr().AsSlice())
	binary.BigEndian.PutUint16(about[20:], from.Port())
	binary.BigEndian.PutUint16(about[22:], to.Port())
	return data
}

// TestQuotes: a message is about one datagram, and about no other.
func TestQuotes(t *testing.T) {
	t.Parallel()
	own, server := netip.MustParseAddrPort("10.0.0.1:4000"), netip.MustParseAddrPort("10.0.0.2:1337")
	data := unreachableAbout("10.0.0.1:4000", "10.0.0.2:1337")
	for _, test := range []struct {
		name         string
		data         []byte
		source, dest netip.AddrPort
		want         bool
	}{
		{"that one", data, own, server, true},
		{"another port", data, own, netip.AddrPortFrom(server.Addr(), 9), false},
		{"another address", data, own, netip.AddrPortFrom(own.Addr(), 1337), false},
		{"of another socket", data, netip.AddrPortFrom(own.Addr(), 4001), server, false},
		{"cut", data[:50], own, server, false},
		{"nothing kept", nil, own, server, false},
	} {
		if got := quotes(trace.Packet{Protocol: trace.ICMP, Data: test.data}, test.source, test.dest); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestPortUnreachable(t *testing.T) {
	t.Parallel()
	icmp := func(words int, kind, code byte) []byte {
		data := make([]byte, words*4+8)
		data[0] = 0x40 | byte(words)
		data[words*4], data[words*4+1] = kind, code
		return data
	}
	for _, test := range []struct {
		name string
		data []byte
		want bool
	}{
		{"port unreachable", icmp(5, 3, 3), true},
		{"with options in the header", icmp(6, 3, 3), true},
		{"host unreachable", icmp(5, 3, 1), false},
		{"echo reply", icmp(5, 0, 0), false},
		{"nothing kept", nil, false},
		{"cut", icmp(5, 3, 3)[:21], false},
		{"a header of no length", []byte{0x40, 3, 3}, false},
	} {
		if got := portUnreachable(trace.Packet{Protocol: trace.ICMP, Data: test.data}); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
