package probes

import (
	"os"
	"testing"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"

	"dialpath/lab/ring"
)

// BenchmarkRead reads and clears a window over 1,086 functions, of which every twentieth
// ran: what a step of the debugger waits for.
func BenchmarkRead(b *testing.B) {
	ring.Root(b)
	const functions = 1086
	s := countless(b, functions)
	check(b, s.Admit(os.Getpid(), Tracee))
	ran := make([]bpfFunctionCounts, ebpf.MustPossibleCPU())
	for cpu := range ran {
		ran[cpu].N[0][0] = 1
	}
	for b.Loop() {
		b.StopTimer()
		for i := uint32(0); i < functions; i += 20 {
			check(b, s.objects.Maps[bpfMapCounts].Put(i, ran))
		}
		b.StartTimer()
		_, err := s.Read()
		check(b, err)
	}
}

// BenchmarkPrograms measures what single programs cost, by the kernel's own clock: ns a run.
// An op is 500 datagrams to a socket of the same process.
func BenchmarkPrograms(b *testing.B) {
	ring.Root(b)
	everything := Options{Packets: true, Syscalls: true, Timeline: true}
	for _, bench := range []struct {
		name     string
		opts     Options
		open     bool
		admitted bool
	}{
		{"closed", everything, false, true},
		{"stranger", everything, true, false},
		{"traced", everything, true, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s, err := Open(bench.opts)
			check(b, err)
			defer s.Close()
			if bench.admitted {
				check(b, s.Admit(os.Getpid(), Client))
			}
			if bench.open {
				check(b, s.Start())
			}
			measure(b, s, func() { sendDatagrams(b, 500) })
		})
	}
}

// measure reports the cost of each program of a session while f runs.
func measure(b *testing.B, s *Session, f func()) {
	stats, err := ebpf.EnableStats(unix.BPF_STATS_RUN_TIME)
	check(b, err)
	defer stats.Close()
	for b.Loop() {
		f()
	}
	for name, program := range s.objects.Programs {
		cost, err := program.Stats()
		check(b, err)
		if cost.RunCount > 0 {
			b.ReportMetric(float64(cost.Runtime.Nanoseconds())/float64(cost.RunCount), name+"-ns/run")
		}
	}
}
