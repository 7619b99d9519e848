package probes

import (
	"encoding/binary"
	"os"
	"runtime"
	"testing"

	"dialpath/lab/ring"
)

// While time is measured, events wait in the ring buffer: nobody is woken to read them
// before a quarter of it is full.
func TestReaderIsLeftAsleep(t *testing.T) {
	ring.Root(t)
	s, err := Open(Options{Packets: true})
	check(t, err)
	defer s.Close()
	check(t, s.Admit(os.Getpid(), Client))
	check(t, s.Start())
	ringbuf := s.events.reader
	const header = 8 // of each record: BPF_RINGBUF_HDR_SZ
	size := header + binary.Size(bpfPacketEvent{})

	sendDatagrams(t, datagrams)
	if got, want := ringbuf.AvailableBytes(), datagrams*size; got != want {
		t.Errorf("%d bytes of events wait to be read, want %d: those of all datagrams", got, want)
	}
	// It is woken then, and when there is as much again.
	enough := eventRoom/4/size + 2 // the one that is over a quarter wakes
	const times = 3
	for range times {
		sendDatagrams(t, enough)
		for ringbuf.AvailableBytes() > eventRoom/4 {
			runtime.Gosched()
		}
	}
	check(t, s.Stop())
	seen, err := s.Read()
	check(t, err)
	if want := datagrams + times*enough; len(seen.Packets) != want || seen.Lost != 0 {
		t.Errorf("%d packets seen and %d lost, want %d and none", len(seen.Packets), seen.Lost, want)
	}
}
