package exercise

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"dialpath/lab/trace"
)

// theServer is where the server is, in traces that do not say.
var theServer = netip.MustParseAddrPort("10.0.0.2:1337")

// tcp makes a packet that left: where its data begin in the stream, and how many bytes
// they are. Its headers are as Linux makes them, with a timestamp.
func tcp(begin uint32, data int) trace.Packet {
	const ip, tcp = 20, 32
	header := make([]byte, ip+tcp)
	header[0] = 0x45
	binary.BigEndian.PutUint32(header[ip+4:], begin)
	header[ip+12] = tcp / 4 << 4
	return trace.Packet{Direction: "out", Role: trace.Client, Protocol: "TCP", Dest: theServer, Length: len(header) + data, Data: header}
}

func TestSegments(t *testing.T) {
	t.Parallel()
	v6 := trace.Packet{Direction: "out", Role: trace.Client, Protocol: "TCP", Dest: theServer, Length: 40 + 20 + 7, Data: make([]byte, 60)}
	v6.Data[0], v6.Data[40+12], v6.Data[40+7] = 0x60, 5<<4, 99
	cut := tcp(7, 10)
	cut.Data = cut.Data[:30]
	for _, test := range []struct {
		name    string
		packets []trace.Packet
		want    int
	}{
		{"nothing", nil, 0},
		{"an ACK", []trace.Packet{tcp(1, 0)}, 0},
		{"two writes", []trace.Packet{tcp(1, 10), tcp(11, 10)}, 2},
		{"one was sent again", []trace.Packet{tcp(1, 10), tcp(11, 10), tcp(11, 10)}, 2},
		{"IPv6", []trace.Packet{v6}, 1},
		{"cut short", []trace.Packet{cut, {Direction: "out", Role: trace.Client, Protocol: "TCP", Dest: theServer, Length: 70}}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := Evidence{&trace.Trace{Packets: test.packets}, trace.Client}
			if got := len(e.segments()); got != test.want {
				t.Errorf("got %d segments, want %d", got, test.want)
			}
		})
	}
	if got := largest([]segment{{data: 10}, {data: 70}}); got != 70 {
		t.Errorf("the largest has %d bytes", got)
	}
}
