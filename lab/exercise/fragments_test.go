package exercise

import (
	"encoding/binary"
	"testing"

	"dialpath/lab/trace"
)

// udp makes a packet that left, with IP's field of fragments.
func udp(length int, field uint16) trace.Packet {
	header := make([]byte, 28)
	header[0] = 0x45
	binary.BigEndian.PutUint16(header[6:], field)
	return trace.Packet{Direction: "out", Role: trace.Client, Protocol: "UDP", Length: length, Data: header}
}

func TestFragments(t *testing.T) {
	const dontFragment, more = 0x4000, 0x2000
	for _, test := range []struct {
		name     string
		packet   trace.Packet
		carried  int
		fragment bool
	}{
		{"whole", udp(1500, dontFragment), 1472, false},
		{"the first fragment", udp(1500, more), 1472, true},
		{"one between", udp(1500, more|185), 1480, true},
		{"the last", udp(48, 370), 28, true},
		{"no data kept", trace.Packet{Length: 128}, 100, false},
		{"nonsense", trace.Packet{Length: 3, Data: []byte{0x4f}}, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := carried(test.packet); got != test.carried {
				t.Errorf("it carries %d bytes, want %d", got, test.carried)
			}
			if got := fragment(test.packet); got != test.fragment {
				t.Errorf("fragment: %t", got)
			}
		})
	}
}

func TestAllLeave(t *testing.T) {
	failed := trace.Syscall{Role: trace.Client, Name: "write", FD: 3, Args: "66000 bytes", Return: -1, Errno: "EMSGSIZE"}
	socket := trace.Syscall{Role: trace.Client, Name: "socket", FD: -1, Return: 3}
	whole := make([]trace.Packet, 66)
	for i := range whole {
		whole[i] = udp(1028, 0)
	}
	for _, test := range []struct {
		name  string
		trace trace.Trace
		met   bool
		saw   string
	}{
		{"nothing", trace.Trace{}, false, "0 bytes left in datagrams"},
		{"too long", trace.Trace{Syscalls: []trace.Syscall{socket, failed}}, false,
			"write(2) of 66000 bytes failed with EMSGSIZE, message too long, and nothing left"},
		{"a part", trace.Trace{Syscalls: []trace.Syscall{socket, failed}, Packets: whole[:1]}, false, "1000 bytes left in datagrams"},
		{"tried, then cut", trace.Trace{Syscalls: []trace.Syscall{socket, failed}, Packets: whole}, true, "66000 bytes left in 66 packets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := allLeave(Evidence{&test.trace, trace.Client})
			if f.Met != test.met || f.Saw != test.saw {
				t.Errorf("got %t, %s", f.Met, f.Saw)
			}
		})
	}
}
