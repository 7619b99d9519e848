// Package cell is where a learner's program runs: with a file system of its own that has
// nothing in it but the program and room to write, a private network, a number that no user
// of the machine has, and bounds for time, memory, processes and files. It can do no harm,
// and when it is killed, so is all that it has started.
//
// The bounds are known on every system, so that a view can tell them. The cell itself takes
// Linux, root, and namespaces of processes, mounts, IPC and names.
package cell

import "time"

// What a program has in its cell.
const (
	Time        = 5 * time.Second  // asleep or running; what it waits for a CPU does not count
	TimeInGuest = 10 * time.Second // the same in a guest, where software may emulate the machine
	Memory      = 256 << 20        // bytes that it may write to
	Disk        = 16 << 20         // bytes of files
	Threads     = 64               // and processes
)
