package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Vitals are what the kernel's scheduler says of some processes, of all their threads
// together. Threads that have ended are not in them.
type Vitals struct {
	Ran    time.Duration // on a CPU
	Waited time.Duration // ready to run, while the CPUs did something else
	Awake  bool          // a thread runs, is ready to, or waits for a disk
}

// Examine returns the Vitals of processes.
func Examine(pids ...int) Vitals {
	var all Vitals
	for _, pid := range pids {
		threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		for _, thread := range threads {
			stat, err := os.ReadFile(thread + "/stat")
			if err != nil {
				continue // it has ended
			}
			all.Awake = all.Awake || awake(string(stat))
			times, _ := os.ReadFile(thread + "/schedstat")
			ran, waited := scheduled(string(times))
			all.Ran += ran
			all.Waited += waited
		}
	}
	return all
}

// awake reads the state from a line of /proc/PID/stat: number, name in parentheses, state,
// … S sleeps until something comes, I is a kernel's thread that does, and what has ended,
// or was stopped, is not going to run either.
func awake(stat string) bool {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	return len(fields) > 0 && (fields[0] == "R" || fields[0] == "D")
}

// scheduled reads /proc/PID/schedstat: the time on a CPU, the time of waiting for one, both
// in nanoseconds, and how often there was one. Kernels without CONFIG_SCHED_INFO, which no
// distribution's is, have none.
func scheduled(schedstat string) (ran, waited time.Duration) {
	fields := strings.Fields(schedstat)
	if len(fields) < 2 {
		return 0, 0
	}
	a, _ := strconv.ParseInt(fields[0], 10, 64)
	b, _ := strconv.ParseInt(fields[1], 10, 64)
	return time.Duration(a), time.Duration(b)
}
