package record

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// descriptors are the descriptors of processes that belong to the network: sockets,
// and what waits for them.
type descriptors map[descriptor]bool

type descriptor struct{ pid, fd int }

// openSockets returns what a process that is already running has open.
func openSockets(pid int) descriptors {
	known := make(descriptors)
	if pid == 0 {
		return known
	}
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, link := range links {
		kind, err := os.Readlink(link)
		fd, notNumber := strconv.Atoi(filepath.Base(link))
		if err == nil && notNumber == nil && (strings.HasPrefix(kind, "socket:") || kind == "anon_inode:[eventpoll]") {
			known[descriptor{pid, fd}] = true
		}
	}
	return known
}

// syscalls converts system calls, in the order in which they were made. Programs
// read, write and close many things; only what they do to the network is kept.
func syscalls(seen []probes.Syscall, known descriptors) []trace.Syscall {
	seen = slices.Clone(seen)
	slices.SortStableFunc(seen, func(a, b probes.Syscall) int { return cmp.Compare(a.Time, b.Time) })
	rows := make([]trace.Syscall, 0, len(seen))
	for _, call := range seen {
		c := row(call)
		if known.follow(c, descriptor{call.PID, integer(call.Args[0])}) {
			rows = append(rows, c)
		}
	}
	return rows
}

// follow notes what a call, which works on the descriptor at, does to the descriptors that
// are known. It tells whether the call is one of the network's.
func (known descriptors) follow(c trace.Syscall, at descriptor) bool {
	made := descriptor{c.PID, int(c.Return)}
	ours := known[at] || !kernel.IsSyscall(c.Name, kernel.AnyFile)
	switch {
	case c.Copies() && ours:
		known[made] = true
	case c.Copies(): // a file takes the number, which a socket may have had
		delete(known, made)
	case c.Return >= 0 && kernel.IsSyscall(c.Name, kernel.Makes):
		known[made] = true
	case c.Name == "close":
		delete(known, at)
	case kernel.IsSyscall(c.Name, kernel.Receives):
		for _, fd := range c.Passed { // nobody tells whether it is a socket
			known[descriptor{c.PID, fd}] = true
		}
	}
	return ours
}
