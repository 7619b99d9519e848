package probes

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// forget empties the maps, so that the next window begins with nothing.
func (s *Session) forget() error {
	m := s.objects.Maps
	for i := range s.Matched {
		if err := m[bpfMapCounts].Put(s.number(i), make([]bpfFunctionCounts, ebpf.MustPossibleCPU())); err != nil {
			return fmt.Errorf("clear counts: %w", err)
		}
	}
	for i := range uint32(tallies) {
		if err := m[bpfMapTallies].Put(i, make([]uint64, ebpf.MustPossibleCPU())); err != nil {
			return fmt.Errorf("clear tallies: %w", err)
		}
	}
	return s.clear(bpfMapStacks, bpfMapCalls, bpfMapSyscallsUnderWay)
}

// Dismiss ends the tracing of all that were admitted.
func (s *Session) Dismiss() error {
	return s.clear(bpfMapProcesses, bpfMapNamespaces, bpfMapFlows)
}

func (s *Session) clear(names ...string) error {
	for _, name := range names {
		if err := clear(s.objects.Maps[name]); err != nil {
			return fmt.Errorf("clear %s: %w", name, err)
		}
	}
	return nil
}

// clear deletes all entries of a hash.
func clear(m *ebpf.Map) error {
	for {
		key, err := m.NextKeyBytes(nil)
		if err != nil || key == nil {
			return err
		}
		if err := m.Delete(key); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
			return err
		}
	}
}
