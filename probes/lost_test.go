package probes

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"

	"dialpath/lab/ring"
)

// Events for which the ring buffer has no room are counted as lost: with what was
// kept they make up all that there was.
func TestLostEventsAreCounted(t *testing.T) {
	ring.Root(t)
	spec, err := loadBpf()
	check(t, err)
	spec.Programs = map[string]*ebpf.ProgramSpec{bpfProgPacketOut: spec.Programs[bpfProgPacketOut]}
	c, err := ebpf.NewCollection(spec) // with the one page of events that nobody asked to enlarge
	check(t, err)
	defer c.Close()
	l, err := link.AttachRawTracepoint(link.RawTracepointOptions{Name: "net_dev_queue", Program: c.Programs[bpfProgPacketOut]})
	check(t, err)
	defer l.Close()
	check(t, c.Maps[bpfMapProcesses].Put(uint32(os.Getpid()), uint32(Client)))
	check(t, c.Variables[bpfVarGate].Set(uint32(1)))
	sendDatagrams(t, datagrams)
	check(t, c.Variables[bpfVarGate].Set(uint32(0)))

	reader, err := ringbuf.NewReader(c.Maps[bpfMapEvents])
	check(t, err)
	defer reader.Close()
	reader.SetDeadline(time.Now()) // read what is there, wait for nothing
	kept := 0
	for {
		_, err := reader.Read()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		check(t, err)
		kept++
	}
	var perCPU []bpfTally
	check(t, c.Maps[bpfMapTallies].Lookup(uint32(0), &perCPU))
	var lost uint64
	for _, cpu := range perCPU {
		lost += cpu.Lost
	}
	if kept == 0 || lost == 0 || kept+int(lost) != datagrams {
		t.Errorf("%d events kept and %d lost, of %d", kept, lost, datagrams)
	}
}
