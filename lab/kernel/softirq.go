package kernel

import "slices"

// Process is what a CPU runs that runs no softirq: one of a process's system calls.
const Process = "process"

// The softirqs. The names are the kernel's own.
const (
	Hi      = "HI"
	Timer   = "TIMER"
	NetTX   = "NET_TX"
	NetRX   = "NET_RX"
	Block   = "BLOCK"
	IRQPoll = "IRQ_POLL"
	Tasklet = "TASKLET"
	Sched   = "SCHED"
	HRTimer = "HRTIMER"
	RCU     = "RCU"
)

// softirqs are all of them, in the order of their vectors (include/linux/interrupt.h).
var softirqs = []string{Hi, Timer, NetTX, NetRX, Block, IRQPoll, Tasklet, Sched, HRTimer, RCU}

// Softirqs returns the names of the softirqs, in the order of their vectors.
func Softirqs() []string { return slices.Clone(softirqs) }
