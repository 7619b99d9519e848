package probes

import "fmt"

// missed adds up the hits that the kernel counted as missed: probes do not
// nest, so a hit from an interrupt inside another probe is not delivered. The
// kernel counts that per program since 5.12, and per link since 6.6
// (kprobe.multi) and 6.7 (kprobe), from attaching on.
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
