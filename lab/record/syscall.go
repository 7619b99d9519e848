package record

import (
	"cmp"
	"slices"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// syscalls converts system calls, in the order in which they were made. Programs
// read, write and close many things; only what they do to the network is kept.
func syscalls(seen []probes.Syscall) []trace.Syscall {
	seen = slices.Clone(seen)
	slices.SortStableFunc(seen, func(a, b probes.Syscall) int { return cmp.Compare(a.Time, b.Time) })
	rows := make([]trace.Syscall, 0, len(seen))
	for _, call := range seen {
		if ofNetwork(call) {
			rows = append(rows, row(call))
		}
	}
	return rows
}

// ofNetwork tells whether a call has to do with the network. What works on any file does so
// if that is a socket, and none of AF_UNIX, by which programs are given their input and output.
func ofNetwork(call probes.Syscall) bool {
	if !kernel.IsSyscall(call.Name, kernel.AnyFile) {
		return true
	}
	return call.Socket != 0 && (call.SocketFamily != unix.AF_UNIX || call.Name == "close")
}
