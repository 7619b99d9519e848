package plan

import (
	"slices"

	"dialpath/lab/kernel"
)

// Count is for the counts of functions that a user has named.
func Count(patterns []string) Plan { return Plan{Functions: patterns, Typed: true, Strict: true} }

// Stack is for the ways to functions that a user has named.
func Stack(functions []string) Plan { return Plan{Stacks: functions, Typed: true} }

// Packets is for the packets that leave and arrive.
func Packets() Plan { return Plan{Packets: true} }

// Hooks is for the calls of the article's functions.
func Hooks() Plan { return Plan{Hooks: true, Strict: true} }

// Syscalls is for the system calls of the network.
func Syscalls() Plan { return Plan{Syscalls: true} }

// Timeline is for what happened in order of time: of the functions the landmarks, or all.
func Timeline(all bool) Plan {
	p := Plan{Functions: kernel.Landmarks(), Packets: true, Syscalls: true, Timeline: true}
	if all {
		p.Functions = slices.Concat(networkStack, kernel.Landmarks())
	}
	return p
}

// Compare is for two runs side by side. If one of them is a recording, the other is to have
// the functions that recordings have.
func Compare(recorded bool) Plan {
	p := Plan{Functions: []string{"tcp_*", "udp_*"}, Hooks: true, Packets: true, Syscalls: true}
	if recorded {
		p.Functions = networkStack
	}
	return p
}

// Everything is for recordings that any view can show, and by which any claim can be judged.
func Everything() Plan {
	return Plan{
		Functions: networkStack,
		Stacks:    []string{kernel.UDPSend, kernel.TCPTransmit, kernel.UDPConnect, kernel.IPSend, kernel.UDPReceive},
		Hooks:     true, Packets: true, Syscalls: true, Timeline: true,
	}
}

// networkStack are the functions from the socket down to IP, by the beginnings of their
// names.
var networkStack = []string{"tcp_*", "udp_*", "ip_*", "inet_*", "sock_*", "sk_*"}

// Step is for a program that goes on bit by bit, under a debugger or by itself. Functions
// come with their callers, so it takes no more of those.
func Step() Plan {
	return Plan{
		Stacks:  []string{"tcp_*", "udp_*", kernel.TCPTransmit, kernel.UDPReceive, kernel.UDPConnect, kernel.IPSend, "ip_rcv"},
		Packets: true,
	}
}

// Watch is Step with other functions, if a user has named any.
func Watch(functions []string) Plan {
	p := Step()
	if len(functions) > 0 {
		p.Stacks, p.Typed = functions, true
	}
	return p
}
