package exercise

import (
	"fmt"
	"time"
)

// What a learner's program has in the cell in which it runs. Of its time, what it waits for a
// CPU does not count.
const (
	TimeLimit = 5 * time.Second
	InGuest   = 10 * time.Second // the same in a guest, where software may emulate the machine
	Memory    = 256 << 20        // bytes that it may write to
	Disk      = 16 << 20         // bytes of files
	Threads   = 64               // and processes
)

// Cell says so, to who wonders why a program fails there.
var Cell = fmt.Sprintf("it runs alone: with none of this machine's files and no network but the exercise's, "+
	"for a few seconds, in %d MiB of memory, with room for %d MiB of files and %d threads",
	Memory>>20, Disk>>20, Threads)
