package main

import (
	"slices"

	"dialpath/lab/tour"
)

// wanted is what a recording is to hold.
type wanted struct {
	functions []string // globs of functions to be counted
	stacks    []string // globs, or parts that the tour names, of those whose stacks to keep
	hooks     bool     // calls of the article's four functions
	packets   bool
	syscalls  bool
	timeline  bool // the time of each call, of softirqs and of wake-ups
	strict    bool // of no use without kprobes
	typed     bool // the names are the user's: each must match something
}

// asked are the globs that a user has typed, if these are the user's.
func (w wanted) asked() []string {
	if !w.typed {
		return nil
	}
	return slices.Concat(w.functions, w.stacks)
}

// everything is all that any view shows. The functions are those of the kernel's
// network stack from the socket down to IP, by the beginnings of their names.
var everything = wanted{
	functions: []string{"tcp_*", "udp_*", "ip_*", "inet_*", "sock_*", "sk_*"},
	stacks:    tour.Together(tour.Plan(tour.Claims())).Stacks,
	hooks:     true, packets: true, syscalls: true, timeline: true,
}

// needed is what the plan of a tour needs, all together: probes are attached once.
func needed(plan []tour.Recording) wanted {
	needs := tour.Together(plan)
	return wanted{
		functions: needs.Patterns, stacks: needs.Stacks,
		hooks: true, packets: needs.Packets, syscalls: needs.Syscalls,
	}
}
