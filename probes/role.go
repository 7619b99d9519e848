package probes

import (
	"fmt"

	"dialpath/lab/kernel"
)

// A Role is why a process is traced.
type Role uint16

// The roles: the two ends of a workload, a process that was picked by number or
// started for the purpose, and, when nobody is picked, anybody.
const (
	Client = Role(bpfRoleROLE_CLIENT)
	Server = Role(bpfRoleROLE_SERVER)
	Tracee = Role(bpfRoleROLE_TRACEE)
	Any    = Role(bpfRoleROLE_ANY)
)

var roleNames = [...]string{Client: "client", Server: "server", Tracee: "tracee", Any: "any"}

func (r Role) String() string {
	if r == 0 || int(r) >= len(roleNames) {
		return fmt.Sprintf("role %d", uint16(r))
	}
	return roleNames[r]
}

// sides is how many roles can be counted for at once: SIDES in bpf/who.h.
const sides = len(bpfFunctionCounts{}.N)

// side returns which side of the counts is the role's.
func (r Role) side() int { return int(r-1) % sides }

// A Context is what the CPU was doing: 0 for the thread that was on it, or one more
// than the vector of the softirq that ran on top of that. Hard interrupts are not
// told apart from what they interrupt. On kernels with PREEMPT_RT, where softirqs
// can be preempted, it may name the wrong one.
type Context uint16

// softirqs are asked for once: each event that is read names one.
var softirqs = kernel.Softirqs()

func (c Context) String() string {
	switch {
	case c == 0:
		return kernel.Process
	case int(c) > len(softirqs):
		return fmt.Sprintf("context %d", uint16(c))
	}
	return softirqs[c-1]
}
