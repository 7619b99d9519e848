package exercise

import (
	"fmt"
	"net/netip"
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
	c := written(text)
	c.Time, c.Duration, c.Thread, c.Role = h.tick(), time.Millisecond/2, trace.Thread{TID: 1}, trace.Client
	c.FD, c.Return, c.Errno = fd, returned, strings.Join(errno, "")
	h.Syscalls = append(h.Syscalls, c)
	return h
}

// written returns a call by its text. Version 1 of a trace had such texts, and who reads it
// knows them.
func written(text string) trace.Syscall {
	name, args, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	traces, err := trace.Read(strings.NewReader(fmt.Sprintf(`{"version": 1, "syscalls": [{"name": %q, "args": %q}]}`, name, args)))
	if err != nil {
		panic(err)
	}
	return traces[0].Syscalls[0]
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
func (h *handmade) packet(direction trace.Direction, source, dest string) *handmade {
	h.Packets = append(h.Packets, trace.Packet{
		Time: h.tick(), Role: trace.Client, Direction: direction, Protocol: trace.UDP,
		Source: netip.MustParseAddrPort(source), Dest: netip.MustParseAddrPort(dest), Length: 37,
	})
	return h
}

// sends adds a write(2) of 9 bytes, and the datagram for the server that leaves in it.
func (h *handmade) sends(fd int) *handmade {
	h.call(fd, "write(9 bytes)", 9).packet(trace.Out, "10.0.0.1:4000", "10.0.0.2:1337")
	h.Packets[len(h.Packets)-1].Time = h.Syscalls[len(h.Syscalls)-1].Time
	return h
}

func (h *handmade) evidence() Evidence { return Evidence{numbered(&h.Trace), trace.Client} }

// says returns what a finding comes to: "met", or what was seen instead.
func says(f Finding) string {
	if f.Met {
		return "met"
	}
	return f.Saw
}
