package exercise

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"dialpath/lab/trace"
)

// udp makes a packet that left, with IP's field of fragments.
func udp(length int, field uint16) trace.Packet {
	header := make([]byte, 28)
	header[0] = 0x45
	binary.BigEndian.PutUint16(header[6:], field)
	return trace.Packet{Direction: "out", Role: trace.Client, Protocol: "UDP", Dest: theServer, Length: length, Data: header}
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
		{"nothing", trace.Trace{}, false, "0 bytes left for it in datagrams"},
		{"too long", trace.Trace{Syscalls: []trace.Syscall{socket, failed}}, false,
			"write(2) of 66000 bytes failed with EMSGSIZE, message too long, and nothing left"},
		{"a part", trace.Trace{Syscalls: []trace.Syscall{socket, failed}, Packets: whole[:1]}, false, "1000 bytes left for it in datagrams"},
		{"tried, then cut", trace.Trace{Syscalls: []trace.Syscall{socket, failed}, Packets: whole}, true, "66000 bytes left in 66 packets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := allLeave(Evidence{numbered(&test.trace), trace.Client})
			if f.Met != test.met || f.Saw != test.saw {
				t.Errorf("got %t, %s", f.Met, f.Saw)
			}
		})
	}
}

// TestReport: no piece of it is there twice, so that each tells where it belongs.
func TestReport(t *testing.T) {
	t.Parallel()
	text, seen := report(), make(map[string]bool)
	if len(text) != reportSize {
		t.Errorf("it has %d bytes", len(text))
	}
	for i := range len(text) - pieceKnown + 1 {
		piece := string(text[i : i+pieceKnown])
		if seen[piece] {
			t.Fatalf("%q is there twice", piece)
		}
		seen[piece] = true
	}
}

func TestReportArrives(t *testing.T) {
	t.Parallel()
	text := report()
	cut := func(size int, header ...string) [][]byte {
		var all [][]byte
		for piece := range slices.Chunk(text, size) {
			head := ""
			if len(header) > 0 {
				head = header[len(all)%len(header)]
			}
			all = append(all, append([]byte(head), piece...))
		}
		return all
	}
	pieces := cut(1472)
	reversed := cut(1000, "a number: ")
	slices.Reverse(reversed)
	rubbish := cut(1000)
	for i := range rubbish {
		clear(rubbish[i][100:])
	}
	for _, test := range []struct {
		name     string
		received [][]byte
		want     string
	}{
		{"in pieces", pieces, "met"},
		{"in small ones", cut(20), "met"},
		{"in very small ones", cut(7), "met"},
		{"with headers", cut(1000, "piece 9: ", "piece 10: "), "met"},
		{"with a long one", cut(1200, strings.Repeat("header ", 12)), "met"},
		{"in another order", reversed, "met"},
		{"twice", slices.Concat(pieces, pieces), "met"},
		{"one missing", slices.Delete(cut(1472), 2, 3), "bytes 2945 to 4416 of the report were in nothing that the server received"},
		{"the first again and again", slices.Repeat(pieces[:1], 45), "bytes 1473 to 66000 of the report were in nothing that the server received"},
		{"the first 100 bytes of each, then zeros", rubbish, `none of the report was in what the server received: the first datagram began with "line 000"`},
		{"zeros", [][]byte{make([]byte, 1000)}, `none of the report was in what the server received: the first datagram began with "\x00\x00\x00\x00\x00\x00\x00\x00"`},
		{"not told", nil, "the recording does not say what the server received: check the program again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := Evidence{&trace.Trace{Target: trace.Target{Received: test.received}}, trace.Client}
			if got := says(reportArrives(e)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
