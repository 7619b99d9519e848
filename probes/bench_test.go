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
// An op is a window in which 500 datagrams go to a socket of the same process: with the gate
// closed, or of a process that is not traced, or of one that is.
func BenchmarkPrograms(b *testing.B) {
	ring.Root(b)
	for _, bench := range []struct {
		name           string
		open, admitted bool
	}{
		{"closed", false, true},
		{"stranger", true, false},
		{"traced", true, true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s, err := Open(Options{Packets: true, Syscalls: true, Timeline: true})
			check(b, err)
			defer s.Close()
			if bench.admitted {
				check(b, s.Admit(os.Getpid(), Client))
			}
			measure(b, s, func() {
				if bench.open {
					check(b, s.Start())
				}
				sendDatagrams(b, 500)
				check(b, s.Stop())
				_, err := s.Read()
				check(b, err)
			})
		})
	}
}

// measure reports the cost of each program of a session while f runs.
func measure(b *testing.B, s *Session, f func()) {
	b.Helper()
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
