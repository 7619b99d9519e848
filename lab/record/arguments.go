package record

import (
	"encoding/binary"
	"net/netip"
	"time"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
	"dialpath/probes"
)

// row converts a system call.
func row(call probes.Syscall) trace.Syscall {
	c := trace.Syscall{
		Time:     call.Time,
		Duration: call.Duration,
		Thread:   thread(call.Thread),
		Role:     trace.Role(call.Role.String()),
		Name:     call.Name,
		FD:       integer(call.Args[0]),
		Return:   call.Return,
		Socket:   call.Socket,
		Last:     call.Last && call.Name == "close" && call.Return >= 0,

		Unfinished: !call.Over,
	}
	switch {
	case !call.Over:
		c.Return = -1
	case call.Return < 0:
		c.Return, c.Errno = -1, kernel.Errno(-call.Return)
	}
	setUp(&c, call)
	move(&c, call)
	copied(&c, call)
	polled(&c, call)
	address(&c, call)
	return c
}

// setUp fills in the arguments of calls that make a socket or set it up, and of the poller's.
func setUp(c *trace.Syscall, call probes.Syscall) {
	args := call.Args
	switch call.Name {
	case "socket":
		c.FD = -1
		c.Family, c.Type, c.Protocol = kernel.FamilyOf(uint16(args[0])), kernel.SocketTypeOf(uint32(args[1])), integer(args[2])
		made(c, args[1])
	case "accept4":
		made(c, args[3])
	case "listen":
		c.Backlog = integer(args[1])
	case "setsockopt", "getsockopt":
		c.Option = option(call)
	case "epoll_create1":
		c.FD = -1
		made(c, args[0])
	case "epoll_ctl": // the descriptor to be watched says more than the watcher's
		c.FD, c.Epoll, c.EpollOp = integer(args[2]), c.FD, kernel.EpollOpOf(uint32(args[1]))
	case "socketpair":
		c.FD = -1
		c.Family, c.Type, c.Protocol = kernel.FamilyOf(uint16(args[0])), kernel.SocketTypeOf(uint32(args[1])), integer(args[2])
		made(c, args[1])
		if call.Over && call.Return >= 0 {
			c.Passed = call.Pair()
		}
	}
}

// polled fills in the arguments of calls that wait.
func polled(c *trace.Syscall, call probes.Syscall) {
	args := call.Args
	switch call.Name {
	case "epoll_pwait", "epoll_wait":
		c.Timeout = timeout(args[3])
	case "epoll_pwait2":
		c.Timeout = pointedTimeout(call.Timeout)
	case "poll":
		c.FD, c.Timeout = call.FD, timeout(args[2])
	case "ppoll", "select", "pselect6":
		c.FD, c.Timeout = call.FD, pointedTimeout(call.Timeout)
	}
}

// move fills in the arguments of calls that send or receive.
func move(c *trace.Syscall, call probes.Syscall) {
	args := call.Args
	switch call.Name {
	case "read", "write":
		c.Buffer, c.Size = args[1], int(args[2])
	case "sendto", "recvfrom":
		c.Buffer, c.Size, c.Flags = args[1], int(args[2]), kernel.MessageFlags(args[3])
	case "readv", "writev", "preadv", "pwritev", "preadv2", "pwritev2":
		buffers(c, call)
	case "sendfile":
		c.Size = int(args[3])
	case "splice":
		c.Size, c.Way = int(args[4]), trace.Out
		if call.From {
			c.Way = trace.In
		} else {
			c.FD = integer(args[2])
		}
	case "sendmsg", "recvmsg":
		c.Flags, c.Passed = kernel.MessageFlags(args[2]), call.Passed
		buffers(c, call)
	case "sendmmsg", "recvmmsg":
		c.Messages, c.Flags, c.Passed = integer(args[2]), kernel.MessageFlags(args[3]), call.Passed
		buffers(c, call)
	}
	received := kernel.IsSyscall(call.Name, kernel.Receives)
	switch {
	case received && (call.Return < 0 || !call.Over): // nothing has come: what lies there is of another time
		c.Passed = nil
	case received:
		c.Told, c.Named = kernel.MessageFlags(call.Told), call.Named
	}
	for _, m := range call.Each {
		c.Each = append(c.Each, trace.Message{Length: m.Length, Told: kernel.MessageFlags(m.Told), Address: m.Address})
	}
}

// copied fills in the arguments of calls that are about descriptors.
func copied(c *trace.Syscall, call probes.Syscall) {
	switch call.Name {
	case "dup2":
		c.Argument = int64(integer(call.Args[1]))
	case "dup3":
		c.Argument = int64(integer(call.Args[1]))
		made(c, call.Args[2])
	case "pidfd_getfd":
		c.FD, c.Argument = -1, int64(integer(call.Args[1]))
	case "ioctl":
		c.Argument = int64(uint32(call.Args[1]))
	case "fcntl":
		c.Command, c.Argument = kernel.FcntlCommandOf(uint32(call.Args[1])), int64(call.Args[2])
	}
}

// address fills in the socket's address. Where the kernel is to fill it in, there is none
// if the call failed.
func address(c *trace.Syscall, call probes.Syscall) {
	passedIn := call.Name == "bind" || call.Name == "connect" || kernel.IsSyscall(call.Name, kernel.Sends)
	if !passedIn && (call.Return < 0 || !call.Over) {
		return
	}
	switch {
	case call.Family != 0:
		c.Family, c.Address = kernel.FamilyOf(call.Family), call.Address
	case call.Name == "connect" && call.Args[1] != 0:
		c.Family = kernel.Unspec
	}
}

// made decodes what flags say of the descriptor that is made.
func made(c *trace.Syscall, flags uint64) {
	c.NonBlocking, c.CloseOnExec = flags&kernel.NonBlocking != 0, flags&kernel.CloseOnExec != 0
}

// mostBuffers is how many buffers of a list the probes look at.
const mostBuffers = 8

func buffers(c *trace.Syscall, call probes.Syscall) {
	c.Buffers, c.Buffer = call.Buffers, call.Buffer
	if call.Buffers <= mostBuffers {
		c.Size = int(call.Size)
	}
}

// option decodes a socket option. A value is a number if it has a number's length; the
// shorter ones have no sign.
func option(call probes.Syscall) trace.Option {
	o := trace.Option{Option: kernel.Option{Level: integer(call.Args[1]), Name: integer(call.Args[2])}}
	if call.Name == "getsockopt" && call.Return < 0 {
		return o // what lies there is of another time
	}
	o.Length = call.OptionLength
	var value int64
	switch b := call.Option; len(b) {
	case 1:
		value = int64(b[0])
	case 2:
		value = int64(binary.NativeEndian.Uint16(b))
	case 4:
		value = int64(int32(binary.NativeEndian.Uint32(b)))
	case 8:
		value = int64(binary.NativeEndian.Uint64(b))
	default:
		return o
	}
	o.Value = &value
	return o
}

// timeout decodes how long epoll_pwait(2) is to wait at most, which is in milliseconds.
func timeout(arg uint64) time.Duration {
	if ms := int32(arg); ms >= 0 {
		return time.Duration(ms) * time.Millisecond
	}
	return trace.ForEver
}

// pointedTimeout decodes one of which the probes have read the nanoseconds.
func pointedTimeout(ns uint64) time.Duration { return time.Duration(min(ns, uint64(trace.ForEver))) }

// integer decodes an argument that is C's int: the upper half of its register is not part
// of it.
func integer(arg uint64) int { return int(int32(arg)) }

// valid is the zero address for one that is none, so that it is left out of files.
func valid(a netip.AddrPort) netip.AddrPort {
	if !a.IsValid() {
		return netip.AddrPort{}
	}
	return a
}
