package exercise

import (
	"strings"
	"time"

	"dialpath/lab/trace"
)

// A handmade trace is written down call by call, a millisecond apart.
type handmade struct {
	trace.Trace
	now int64
}

func (h *handmade) tick() int64 {
	h.now += int64(time.Millisecond)
	return h.now
}

// call adds a client's system call, as strace would write it: "connect(10.0.0.2:1337)".
func (h *handmade) call(fd int, text string, returned int64, errno ...string) *handmade {
	name, args, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	h.Syscalls = append(h.Syscalls, trace.Syscall{
		Time: h.tick(), Duration: time.Millisecond / 2, Thread: trace.Thread{TID: 1}, Role: trace.Client,
		Name: name, Args: args, FD: fd, Return: returned, Errno: strings.Join(errno, ""),
	})
	return h
}

// socket adds the making of a UDP socket.
func (h *handmade) socket(fd int) *handmade {
	return h.call(-1, "socket(AF_INET, SOCK_DGRAM)", int64(fd))
}

// stack adds a stack on which the last call ran the kernel's UDP connect, for a Go function.
func (h *handmade) stack(count uint64, function string) *handmade {
	h.Stacks = append(h.Stacks, trace.Stack{
		Function: "udp_connect", Thread: trace.Thread{TID: 1}, Role: trace.Client, Context: trace.Process, Count: count, First: h.now + 1,
		Frames: []trace.Frame{{Name: "udp_connect", Kind: trace.Kernel}, {Name: function, Kind: trace.User}, {Name: "main.main", Kind: trace.User}},
	})
	return h
}

// packet adds a UDP packet of the client's.
func (h *handmade) packet(direction, source, dest string) *handmade {
	h.Packets = append(h.Packets, trace.Packet{
		Time: h.tick(), Role: trace.Client, Direction: direction, Protocol: "UDP", Source: source, Dest: dest, Length: 37,
	})
	return h
}

func (h *handmade) evidence() Evidence { return Evidence{&h.Trace, trace.Client} }

// says returns what a finding comes to: "met", or what was seen instead.
func says(f Finding) string {
	if f.Met {
		return "met"
	}
	return f.Saw
}
