package probes

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// A Syscall is one network system call of a traced process.
type Syscall struct {
	Time     int64 // of the call, ns of CLOCK_MONOTONIC
	Duration time.Duration
	Thread
	Role    Role
	Name    string
	Args    [6]uint64
	Family  uint16         // AF_* of the socket address passed in or out; 0 if there was none
	Address netip.AddrPort // the address, if it is one of AF_INET or AF_INET6
	Return  int64          // a negated errno if it failed
	Over    bool           // it returned inside the window

	// The socket that it worked on, or made: the N of socket:[N], and its family, AF_*; 0 if
	// there was none. FD is its descriptor, which is not among the arguments of some.
	Socket       uint64
	SocketFamily uint16
	FD           int
	Last         bool // close: nobody else referred to it
	Named        bool // there was room for the address, or it was given
	From         bool // splice: it took from the socket

	// Of setsockopt and getsockopt, the option's value: its length in bytes, and if that is 8
	// at most, they themselves.
	OptionLength int
	Option       []byte

	// Of readv and writev, and of the first message of the calls with messages: how many
	// buffers there are, the bytes in the first 8 of them together, and where the first is.
	Buffers int
	Size    uint64
	Buffer  uint64

	Told   uint32 // MSG_* that a received message came with
	Passed []int  // the first descriptors, 4 at most, that a message hands to another process

	pair    [2]int32
	Timeout uint64    // ns, where that is behind a pointer; all bits are set for ever
	Each    []Message // of sendmmsg and recvmmsg, that went: the first 64
}

// A Message is one of a list.
type Message struct {
	Length  int
	Told    uint32         // MSG_* that it came with
	Address netip.AddrPort // of the first 8
}

// syscallNames are their names, by the numbers.
var syscallNames = func() map[int64]string {
	names := make(map[int64]string)
	for name, number := range syscallNumbers {
		names[int64(number)] = name
	}
	return names
}()

func systemCall(s *bpfSyscallEvent) Syscall {
	call := Syscall{
		Name:         syscallNames[int64(s.Number)],
		Time:         int64(s.Time),
		Duration:     time.Duration(s.Duration),
		Thread:       Thread{int(s.Pid), int(s.Tid), text(s.Comm[:])},
		Role:         Role(s.Role),
		Args:         s.Args,
		Return:       s.Returned,
		Over:         s.Over != 0,
		Socket:       s.Socket,
		SocketFamily: s.Family,
		FD:           int(s.Fd),
		Last:         s.Last != 0,
		Named:        s.Named != 0,
		From:         s.From != 0,
		Timeout:      s.Timeout,
		OptionLength: int(s.OptionLength),
		Buffers:      int(s.Buffers),
		Size:         s.Size,
		Buffer:       s.Buffer,
		Told:         s.Told,
		Passed:       passed(s.Control[:]),
	}
	call.pair = [2]int32{int32(s.Option), int32(s.Option >> 32)}
	call.Family, call.Address = socketAddress(s.Address[:])
	if n := call.OptionLength; n > 0 && n <= 8 {
		call.Option = binary.NativeEndian.AppendUint64(nil, s.Option)[:n]
	}
	return call
}

// Pair returns the descriptors that socketpair(2) has made.
func (call Syscall) Pair() []int { return []int{int(call.pair[0]), int(call.pair[1])} }

// addSyscall adds a call, with the messages that came before it.
func (b *batch) addSyscall(s *bpfSyscallEvent) {
	call := systemCall(s)
	for _, m := range b.messages[s.Tid] {
		call.addMessages(m)
	}
	delete(b.messages, s.Tid)
	b.syscalls = append(b.syscalls, call)
}

// addMessages keeps messages for the call that follows.
func (b *batch) addMessages(m *bpfMessagesEvent) {
	if b.messages == nil {
		b.messages = make(map[uint32][]*bpfMessagesEvent)
	}
	b.messages[m.Tid] = append(b.messages[m.Tid], m)
}

// addMessages adds what one look at the list has found. Only those that went are counted.
func (call *Syscall) addMessages(m *bpfMessagesEvent) {
	went := min(int(m.Count), len(m.Each), int(max(call.Return, 0)))
	for i, one := range m.Each[:went] {
		if i == len(call.Each) {
			call.Each = append(call.Each, Message{})
		}
		each := &call.Each[i]
		each.Length += int(one.Length)
		each.Told |= one.Told
		if i < len(m.Names) {
			if _, address := socketAddress(m.Names[i][:]); address.IsValid() {
				each.Address = address
			}
		}
	}
}

// socketAddress decodes a socket's address: its family, and the address itself if it is a
// struct sockaddr_in or sockaddr_in6. It is as the program has it: an IPv4 address may be in
// IPv6's clothes (::ffff:10.0.0.1), and the number of a link is a zone.
func socketAddress(raw []byte) (family uint16, address netip.AddrPort) {
	family = binary.NativeEndian.Uint16(raw)
	port := binary.BigEndian.Uint16(raw[2:])
	switch family {
	case unix.AF_INET:
		return family, netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port)
	case unix.AF_INET6:
		ip := netip.AddrFrom16([16]byte(raw[8:24]))
		if link := binary.NativeEndian.Uint32(raw[24:]); link != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(link), 10))
		}
		return family, netip.AddrPortFrom(ip, port)
	}
	return family, netip.AddrPort{}
}

// passed decodes the beginning of a message's control data: a struct cmsghdr, that is its
// length, a level and a type, and then, if it is one of SCM_RIGHTS, descriptors.
func passed(control []byte) (descriptors []int) {
	const head = 16
	length := binary.NativeEndian.Uint64(control)
	level, kind := binary.NativeEndian.Uint32(control[8:]), binary.NativeEndian.Uint32(control[12:])
	if level != unix.SOL_SOCKET || kind != unix.SCM_RIGHTS {
		return nil
	}
	for at := head; at+4 <= len(control) && uint64(at+4) <= length; at += 4 {
		descriptors = append(descriptors, int(int32(binary.NativeEndian.Uint32(control[at:]))))
	}
	return descriptors
}
