package probes

import (
	"fmt"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
)

// missed adds up the hits that the kernel counted as missed, from attaching on:
// probes do not nest, so a hit from an interrupt inside another probe is not
// delivered.
func (s *Session) missed() (uint64, error) {
	var sum uint64
	for name, p := range s.objects.Programs {
		stats, err := p.Stats()
		if err != nil {
			return 0, fmt.Errorf("read statistics of program %s: %w", name, err)
		}
		sum += stats.RecursionMisses
	}
	for _, l := range s.links {
		info, err := l.Info()
		if err != nil {
			continue // this kernel does not tell
		}
		if multi := info.KprobeMulti(); multi != nil {
			sum += multi.Missed
		}
		if event := info.PerfEvent(); event != nil && event.Kprobe() != nil {
			sum += event.Kprobe().Missed
		}
	}
	return sum, nil
}

// countsMissed tells whether this kernel counts the missed hits of a backend.
func countsMissed(backend Backend) bool {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return false
	}
	running, ok := kernel.ParseVersion(unix.ByteSliceToString(name.Release[:]))
	return ok && !running.Before(backend.MissedSince())
}
