package record

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// descendants returns the children of a process, and theirs, as /proc has them now.
func descendants(pid int) []int {
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
	var all []int
	for next := children[pid]; len(next) > 0; next = next[1:] {
		all = append(all, next[0])
		next = append(next, children[next[0]]...)
	}
	return all
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
