package probes

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// forget empties the maps, so that the next window begins with nothing. Of the counts, only
// those need it that were just read and found to be more than zero.
func (s *Session) forget() error {
	m, cpus := s.objects.Maps, ebpf.MustPossibleCPU()
	if len(s.hit) > 0 {
		if _, err := m[bpfMapCounts].BatchUpdate(s.hit, make([]bpfFunctionCounts, len(s.hit)*cpus), nil); err != nil {
			return fmt.Errorf("clear counts: %w", err)
		}
		s.hit = nil
	}
	if err := m[bpfMapTallies].Put(uint32(0), make([]bpfTally, cpus)); err != nil {
		return fmt.Errorf("clear tallies: %w", err)
	}
	if err := m[bpfMapSoftirqBegun].Put(uint32(0), make([]uint64, cpus)); err != nil {
		return fmt.Errorf("clear the beginnings of softirqs: %w", err)
	}
	if err := s.forgetGoCounts(); err != nil {
		return err
	}
	return s.clear(bpfMapStacks, bpfMapCalls, bpfMapSyscallsUnderWay)
}

// Dismiss ends the tracing of all that were admitted. What they did must have been read.
func (s *Session) Dismiss() error {
	if !s.options.Everybody {
		s.counted = [sides]Role{}
	}
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
