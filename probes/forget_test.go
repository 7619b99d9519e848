package probes

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/cilium/ebpf"

	"dialpath/lab/ring"
)

// What a window counted is read in full, from all CPUs, and the next one begins with nothing.
func TestReadForgets(t *testing.T) {
	ring.Root(t)
	const functions = 2*readAtOnce + 3
	s := countless(t, functions)
	check(t, s.Admit(os.Getpid(), Client))
	check(t, s.Admit(os.Getppid(), Server))
	maps, cpus := s.objects.Maps, ebpf.MustPossibleCPU()

	var want []Count
	last := bpfContextCONTEXTS - 1
	for _, i := range []uint32{0, 1, readAtOnce - 1, readAtOnce, functions - 1} {
		perCPU := make([]bpfFunctionCounts, cpus)
		for cpu := range perCPU {
			perCPU[cpu].N[Client.side()][0] = 1
			perCPU[cpu].N[Server.side()][last] = uint64(i)
		}
		check(t, maps[bpfMapCounts].Put(i, perCPU))
		want = append(want, Count{s.Matched[i], Client, 0, uint64(cpus)})
		if i > 0 {
			want = append(want, Count{s.Matched[i], Server, Context(last), uint64(cpus) * uint64(i)})
		}
	}
	check(t, maps[bpfMapTallies].Put(uint32(0), slices.Repeat([]bpfTally{{Calls: 3, Lost: 5}}, cpus)))
	check(t, maps[bpfMapSoftirqBegun].Put(uint32(0), slices.Repeat([]uint64{7}, cpus)))

	seen, err := s.Read()
	check(t, err)
	if !slices.Equal(seen.Counts, want) {
		t.Errorf("read %v, want %v", seen.Counts, want)
	}
	if seen.Hits != uint64(3*cpus) || seen.Lost != uint64(5*cpus) {
		t.Errorf("read %d hits and %d lost, want %d and %d", seen.Hits, seen.Lost, 3*cpus, 5*cpus)
	}
	seen, err = s.Read()
	check(t, err)
	if len(seen.Counts) != 0 || seen.Hits != 0 || seen.Lost != 0 {
		t.Errorf("read %v, %d hits and %d lost once more, want nothing", seen.Counts, seen.Hits, seen.Lost)
	}
	var begun []uint64
	check(t, maps[bpfMapSoftirqBegun].Lookup(uint32(0), &begun))
	if slices.Max(begun) != 0 {
		t.Errorf("the next window remembers softirqs of this one: %v", begun)
	}
}

// Two roles that share a side of the counts are refused, and are not once the first is dismissed.
func TestRolesThatShareASide(t *testing.T) {
	ring.Root(t)
	s := countless(t, 1)
	check(t, s.Admit(os.Getpid(), Client))
	const want = "a tracee cannot be counted apart from the client that is traced: dismiss that first"
	if err := s.count(Tracee); err == nil || err.Error() != want {
		t.Errorf("error %v, want: %s", err, want)
	}
	check(t, s.Admit(os.Getppid(), Server))
	check(t, s.Dismiss())
	check(t, s.Admit(os.Getpid(), Tracee))
}

// countless returns a session that has room to count so many functions, and no probe.
func countless(t testing.TB, functions int) *Session {
	t.Helper()
	opts := Options{Functions: []string{"*"}}
	objects, err := load(KprobeMulti, opts, functions)
	check(t, err)
	s := &Session{Backend: KprobeMulti, options: opts, objects: objects, events: new(events)}
	s.options.Progress = func(string, int, int) {}
	t.Cleanup(func() { s.Close() })
	for i := range functions {
		s.Matched = append(s.Matched, Function{Name: fmt.Sprintf("function_%d", i)})
	}
	return s
}
