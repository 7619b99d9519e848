package record

import (
	"cmp"
	"slices"
	"time"

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
	for _, call := range whole(seen) {
		if ofNetwork(call) {
			rows = append(rows, row(call))
		}
	}
	return rows
}

// whole joins the parts of calls that a signal has interrupted: the kernel begins such a call
// anew, and the program does not notice. One that is not begun anew has not returned: the
// signal has ended its thread.
func whole(seen []probes.Syscall) []probes.Syscall {
	calls := make([]probes.Syscall, 0, len(seen))
	last := make(map[int]int) // by thread, where in calls
	for _, call := range seen {
		at, ok := last[call.TID]
		if ok && interrupted(calls[at]) && calls[at].Name == call.Name && calls[at].Args == call.Args {
			began := calls[at].Time
			call.Duration += time.Duration(call.Time - began)
			call.Time = began
			calls[at] = call
			continue
		}
		last[call.TID] = len(calls)
		calls = append(calls, call)
	}
	for i := range calls {
		calls[i].Over = calls[i].Over && !interrupted(calls[i])
	}
	return calls
}

// interrupted tells whether a call ended so that the kernel might begin it anew
// (include/linux/errno.h).
func interrupted(call probes.Syscall) bool {
	const restartSys, restartNoIntr, restartNoHand, restartBlock = -512, -513, -514, -516
	switch call.Return {
	case restartSys, restartNoIntr, restartNoHand, restartBlock:
		return true
	}
	return false
}

// ofNetwork tells whether a call has to do with the network. What works on any file does so
// if that is a socket, and none of AF_UNIX, by which programs are given their input and output.
func ofNetwork(call probes.Syscall) bool {
	if !kernel.IsSyscall(call.Name, kernel.AnyFile) {
		return true
	}
	return call.Socket != 0 && (call.SocketFamily != unix.AF_UNIX || call.Name == "close")
}
