package proc

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Descendants returns the children of processes, and theirs, as /proc has them now.
func Descendants(pids ...int) []int {
	children := make(map[int][]int)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		child, parent := parents(string(text))
		children[parent] = append(children[parent], child)
	}
	all := slices.Clone(pids)
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all[len(pids):]
}

// parents reads a process's number and its parent's from a line of /proc/PID/stat:
// number, name in parentheses, state, parent, … The name may hold anything.
func parents(stat string) (pid, parent int) {
	pid, _ = strconv.Atoi(stat[:max(0, strings.IndexByte(stat, ' '))])
	if fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]); len(fields) > 1 {
		parent, _ = strconv.Atoi(fields[1])
	}
	return pid, parent
}
