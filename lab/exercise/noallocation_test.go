package exercise

import (
	"testing"

	"dialpath/lab/trace"
)

func TestMethod(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want  string
		names []string // leaf first
	}{
		{"ReadFrom", []string{"syscall.recvfrom", "net.(*netFD).readFromInet4", "net.(*UDPConn).readFrom", "net.(*UDPConn).ReadFrom", "main.main"}},
		{"WriteToUDPAddrPort", []string{"net.(*UDPConn).WriteToUDPAddrPort", "main.answer", "net.(*UDPConn).Close"}},
		{"some other way", []string{"syscall.Recvfrom", "main.main"}},
		{"some other way", nil},
	} {
		if got := method(test.names); got != test.want {
			t.Errorf("%v: got %s, want %s", test.names, got, test.want)
		}
	}
}

func TestSameBuffer(t *testing.T) {
	t.Parallel()
	received := func(addresses int) Evidence {
		var calls []trace.Syscall
		for i := range 100 {
			calls = append(calls, trace.Syscall{
				Role: trace.Server, Name: "recvfrom", FD: 3, Return: 9, Buffer: 0xc000_0000 + uint64(i%addresses)*2048,
			})
		}
		return Evidence{&trace.Trace{Syscalls: calls}, trace.Server}
	}
	for addresses, met := range map[int]bool{1: true, 4: true, 31: false, 100: false} {
		if f := sameBuffer(received(addresses)); f.Met != met || !f.Proof.Buffers {
			t.Errorf("%d addresses: %s", addresses, f.Saw)
		}
	}
	if f := noAddressOfSender(received(1)); f.Met {
		t.Error("no stack, but a finding:", f.Saw)
	}
}
