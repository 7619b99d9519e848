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

func TestAllLeave(t *testing.T) {
	t.Parallel()
	failed := trace.Syscall{Role: trace.Client, Name: "write", FD: 3, Size: 66000, Return: -1, Errno: "EMSGSIZE"}
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

func TestOfReport(t *testing.T) {
	t.Parallel()
	with := func(data string, field uint16) trace.Packet {
		p := udp(28+len(data), field)
		p.Data = append(p.Data, data...)
		if p.LaterFragment() { // UDP's header is not in it
			p.Data = append(p.Data[:20:20], data...)
			p.Length = 20 + len(data)
		}
		return p
	}
	cut := with("dialpathdialpath", 0)
	cut.Length = 1500
	for _, test := range []struct {
		name   string
		packet trace.Packet
		saw    string
	}{
		{"a piece", with("pathdialpathdial", 0), "they do"},
		{"a longer one than was kept", cut, "they do"},
		{"a later fragment", with("athdialp", 100), "they do"},
		{"with a number before it", with("\x00\x00\x00\x07pathdialpathdial", 0), "they do"},
		{"no data kept", trace.Packet{Direction: "out", Role: trace.Client, Protocol: "UDP", Length: 1500}, "they do"},
		{"zeros", with("\x00\x00\x00\x00", 0), `of the 1 packet, 1 carried something else: the first began with "\x00\x00\x00\x00"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := ofReport(Evidence{&trace.Trace{Packets: []trace.Packet{test.packet}}, trace.Client})
			if f.Saw != test.saw || f.Met != (test.saw == "they do") {
				t.Errorf("got %t, %s", f.Met, f.Saw)
			}
		})
	}
}
