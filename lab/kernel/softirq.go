package kernel

import "slices"

// Process is what a CPU runs that runs no softirq: one of a process's system calls.
const Process = "process"

// The softirqs that the lab has words for. The names are the kernel's own.
const (
	Timer   = "TIMER"
	NetTX   = "NET_TX"
	NetRX   = "NET_RX"
	Tasklet = "TASKLET"
	Sched   = "SCHED"
	RCU     = "RCU"
)

// softirqs are all of them, in the order of their vectors (include/linux/interrupt.h).
var softirqs = []string{"HI", Timer, NetTX, NetRX, "BLOCK", "IRQ_POLL", Tasklet, Sched, "HRTIMER", RCU}

// Softirqs returns the names of the softirqs, in the order of their vectors.
func Softirqs() []string { return slices.Clone(softirqs) }
