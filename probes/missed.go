package probes

import (
	"fmt"

	"golang.org/x/sys/unix"
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

// countsMissed tells whether this kernel counts the missed hits of a backend. For
// kprobes of both kinds that came with 6.7 (dd8657894c11 bpf: Count missed stats in
// trace_call_bpf, f915fcb38553 bpf: Count stats for kprobe_multi programs), for
// tracepoints with 6.1 (05b24ff9b2cf), for fentry with 5.12.
func countsMissed(backend Backend) bool {
	since := map[Backend][2]int{KprobeMulti: {6, 7}, Kprobe: {6, 7}, Fentry: {5, 12}, Tracepoint: {6, 1}}[backend]
	var name unix.Utsname
	var major, minor int
	if unix.Uname(&name) != nil {
		return false
	}
	if _, err := fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > since[0] || major == since[0] && minor >= since[1]
}
