package trace

import (
	"net/netip"
	"time"

	"dialpath/lab/kernel"
)

// A Syscall is one network system call of a traced process: who made it, what became of it,
// and its arguments, each of them in the calls that have it. Those that are zero, or that
// the call does not have, are not in the file.
type Syscall struct {
	Time     int64         `json:"time"` // at entry
	Duration time.Duration `json:"duration"`
	Thread
	Role   Role   `json:"role"`
	Name   string `json:"name"`            // connect, sendto, …
	FD     int    `json:"fd"`              // file descriptor that it worked on, -1 if none
	Return int64  `json:"return"`          // as the program sees it: -1 with Errno set
	Errno  string `json:"errno,omitempty"` // ECONNREFUSED, EAGAIN, …

	// Socket is the number of the socket that it worked on, or made, as in the socket:[4711]
	// of /proc/PID/fd; 0 if that was none. All copies of a descriptor, in whatever process,
	// are the same socket.
	Socket uint64 `json:"socket,omitempty"`
	// Last tells of close that it let go of the socket's last copy.
	Last bool `json:"last,omitempty"`
	// Unfinished tells that the call had not returned when the window closed, or its thread
	// ended.
	Unfinished bool `json:"unfinished,omitempty"`

	// The socket's address that was passed in, or that the kernel filled in. Its family is
	// told of any; the address itself of inet and inet6, just as the program has it: an IPv4
	// address in IPv6's clothes (::ffff:10.0.0.1) stays in them. Of sendmmsg and recvmmsg it
	// is the first message's.
	Address netip.AddrPort `json:"address,omitzero"`
	Family  kernel.Family  `json:"family,omitempty"` // of the address; of socket, of the socket

	// What is made, of socket, accept4, epoll_create1 and dup3.
	Type        kernel.SocketType `json:"type,omitempty"`        // socket
	Protocol    int               `json:"protocol,omitempty"`    // socket: IPPROTO_*, or 0 for the usual one
	NonBlocking bool              `json:"nonBlocking,omitempty"` // SOCK_NONBLOCK
	CloseOnExec bool              `json:"closeOnExec,omitempty"` // SOCK_CLOEXEC and the like

	// What is sent or received.
	Size   int    `json:"size,omitempty"`   // bytes that are offered, or that there is room for, in all buffers; 0 if those are more than 8
	Buffer uint64 `json:"buffer,omitempty"` // address of them in the program's memory; of the first, if there are several
	// Buffers is how many there are in the list of readv, writev and the calls with messages;
	// of sendmmsg and recvmmsg, in the first message.
	Buffers  int                 `json:"buffers,omitempty"`
	Messages int                 `json:"messages,omitempty"` // sendmmsg, recvmmsg: how many are offered, or there is room for
	Flags    kernel.MessageFlags `json:"flags,omitempty"`    // MSG_* of the call
	Told     kernel.MessageFlags `json:"told,omitempty"`     // recvmsg, recvmmsg: MSG_* that came with the message, as MSG_TRUNC
	Passed   []int               `json:"passed,omitzero"`    // sendmsg, recvmsg: the first descriptors, 4 at most, that go from process to process

	// Named tells of a call that receives that it had room for the sender's address.
	Named bool `json:"named,omitempty"`
	// Each are the messages that sendmmsg sent, or recvmmsg received, in order: the first 64.
	Each []Message `json:"each,omitempty"`

	Option  Option `json:"option,omitzero"`   // setsockopt, getsockopt
	Backlog int    `json:"backlog,omitempty"` // listen

	// Way is Out of splice into a socket, and In of splice out of one.
	Way Direction `json:"way,omitempty"`

	// Timeout is how long a call that polls was to wait at most. [ForEver] means for ever.
	Timeout time.Duration  `json:"timeout,omitempty"`
	Epoll   int            `json:"epoll,omitempty"`   // epoll_ctl: descriptor of who watches; FD is what is watched
	EpollOp kernel.EpollOp `json:"epollOp,omitempty"` // epoll_ctl

	Command  kernel.FcntlCommand `json:"command,omitempty"`  // fcntl
	Argument int64               `json:"argument,omitempty"` // fcntl: the command's; dup2, dup3: what the copy's number is to be; ioctl: the request; pidfd_getfd: the other process's descriptor
}

// A Message is one of those of sendmmsg or recvmmsg.
type Message struct {
	Length  int                 `json:"length"` // bytes sent, or received
	Told    kernel.MessageFlags `json:"told,omitempty"`
	Address netip.AddrPort      `json:"address,omitzero"` // of the first 8 messages
}

// ForEver is longer than any time-out in milliseconds that fits into the kernel's 32 bits.
const ForEver = 1 << 31 * time.Millisecond

// An Option is a socket option that was set or asked for.
type Option struct {
	kernel.Option
	Length int `json:"length"` // of the value, in bytes; 0 if it is not known
	// Value is a number of 1, 2, 4 or 8 bytes; it is absent if the value is longer, or if the
	// kernel, or the lab, could not read it.
	Value *int64 `json:"value,omitempty"`
}

// Sends tells whether a call gives data to its socket.
func (c Syscall) Sends() bool {
	return kernel.IsSyscall(c.Name, kernel.Sends) && c.Way != In
}

// Receives tells whether a call takes data from its socket.
func (c Syscall) Receives() bool {
	return kernel.IsSyscall(c.Name, kernel.Receives) && c.Way != Out
}

// Copies tells whether a call copied a descriptor: what it returned is the same socket.
func (c Syscall) Copies() bool {
	copies := kernel.IsSyscall(c.Name, kernel.Copies) || c.Command == kernel.DupFD || c.Command == kernel.DupFDCloexec
	return copies && c.Return >= 0
}

// Peer returns the address among a call's arguments as packets have it: one of IPv4 without
// the clothes of IPv6, and without a zone. It is the zero address if there is none.
func (c Syscall) Peer() netip.AddrPort {
	if !c.Address.IsValid() {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(c.Address.Addr().Unmap().WithZone(""), c.Address.Port())
}
