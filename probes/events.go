package probes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/cilium/ebpf/ringbuf"
)

// A Thread is who was on the CPU, by its numbers in the lab's PID namespace.
type Thread struct {
	PID, TID int
	Comm     string // at most 15 bytes
}

// A Call is one call of a hook.
type Call struct {
	Hook     string // name of the part
	Function string // who plays it here
	Time     int64  // of the call, ns of CLOCK_MONOTONIC
	Duration time.Duration
	Thread
	Role        Role
	Context     Context
	IPv6        bool // the socket's family
	Local, Peer netip.AddrPort
	Length      int    // bytes of payload
	Flags       uint32 // MSG_*
	Over        bool   // returned inside the window
	Return      int64  // bytes, 0 or a negated errno
}

// A Packet is one packet on its way out of, or in from, a device.
type Packet struct {
	Time                int64
	Device              string
	Incoming            bool
	Role                Role
	Context             Context
	Protocol            uint8 // IPPROTO_*
	Source, Destination netip.AddrPort
	TCPFlags            uint8  // FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, …
	Length              int    // bytes from the network header on
	Socket              uint64 // number of the socket that it leaves, 0 if none
	TID                 int    // thread in whose system call it leaves, or 0
	Data                []byte // the first of them, at most 127, as far as they lie in one piece
}

// An Entry is the beginning of one call of a function.
type Entry struct {
	Function Function
	Time     int64 // ns of CLOCK_MONOTONIC
	Thread
	Role    Role
	Context Context
}

// A Softirq is one run of a softirq on top of a traced thread.
type Softirq struct {
	Context  Context
	Time     int64 // of its beginning, ns of CLOCK_MONOTONIC
	Duration time.Duration
	Thread   // that lent its time
	Role     Role
}

// A Wakeup is the moment when a waiting thread is made ready to run.
type Wakeup struct {
	Time      int64 // ns of CLOCK_MONOTONIC
	Thread          // that is woken
	Role      Role
	Waker     Thread // that was on the CPU
	WakerRole Role   // 0 if it is not traced
	Context   Context
}

// events reads the events of a session while they come.
type events struct {
	players  [len(hooks)]string
	counted  func(number uint32) Function
	executed func(pid int)
	reader   *ringbuf.Reader
	flushed  chan batch // gets what was read, at each flush; closed at the end
}

// A batch is what was read between two flushes. The goroutine that reads owns it
// until it hands it over.
type batch struct {
	calls    []Call
	packets  []Packet
	syscalls []Syscall
	entries  []Entry
	softirqs []Softirq
	wakeups  []Wakeup
	goCalls  []GoCall
	messages map[uint32][]*bpfMessagesEvent // by thread, of calls that are not read yet
	err      error
}

// openEvents begins to read, if there will be anything to read.
func openEvents(o *objects, opts Options, players [len(hooks)]*Function, counted func(uint32) Function) (*events, error) {
	e := &events{flushed: make(chan batch), executed: opts.Executed, counted: counted}
	for i, f := range players {
		if f != nil {
			e.players[i] = f.Name
		}
	}
	if !opts.wantsEvents() {
		return e, nil
	}
	if opts.Syscalls {
		if err := wantSyscalls(o.Maps[bpfMapWantedSyscalls]); err != nil {
			return nil, err
		}
	}
	var err error
	if e.reader, err = ringbuf.NewReader(o.Maps[bpfMapEvents]); err != nil {
		return nil, fmt.Errorf("open ring buffer: %w", err)
	}
	go e.read()
	return e, nil
}

// read reads until the reader is closed.
func (e *events) read() {
	defer close(e.flushed)
	var record ringbuf.Record
	var b batch
	for {
		err := e.reader.ReadInto(&record)
		switch {
		case errors.Is(err, ringbuf.ErrClosed):
			return
		case errors.Is(err, ringbuf.ErrFlushed):
			e.flushed <- b
			b = batch{}
			continue
		case err == nil:
			err = e.add(&b, record.RawSample)
		}
		b.err = errors.Join(b.err, err)
	}
}

// take waits until all that was sent has been read, and returns it.
func (e *events) take() (Seen, error) {
	if e.reader == nil {
		return Seen{}, nil
	}
	if err := e.reader.Flush(); err != nil {
		return Seen{}, fmt.Errorf("flush ring buffer: %w", err)
	}
	b := <-e.flushed
	return Seen{
		Calls: b.calls, Packets: b.packets, Syscalls: b.syscalls,
		Entries: b.entries, Softirqs: b.softirqs, Wakeups: b.wakeups, GoCalls: b.goCalls,
	}, b.err
}

// close ends the reading.
func (e *events) close() error {
	if e.reader == nil {
		return nil
	}
	err := e.reader.Close()
	for range e.flushed { // until read has returned
	}
	return err
}

// add decodes one event into a batch.
func (e *events) add(b *batch, raw []byte) error {
	if len(raw) < 4 {
		return fmt.Errorf("decode event: %d bytes are too few", len(raw))
	}
	switch kind := bpfEventKind(binary.NativeEndian.Uint32(raw)); kind {
	case bpfEventKindEVENT_HOOK:
		return decode(raw, func(h *bpfHookEvent) { b.calls = append(b.calls, e.call(h)) })
	case bpfEventKindEVENT_PACKET:
		return decode(raw, func(p *bpfPacketEvent) { b.packets = append(b.packets, packet(p)) })
	case bpfEventKindEVENT_SYSCALL:
		return decode(raw, func(s *bpfSyscallEvent) { b.addSyscall(s) })
	case bpfEventKindEVENT_MESSAGES:
		return decode(raw, func(m *bpfMessagesEvent) { b.addMessages(m) })
	case bpfEventKindEVENT_EXEC:
		return decode(raw, func(x *bpfExecEvent) { e.executed(int(x.Pid)) })
	case bpfEventKindEVENT_ENTRY:
		return decode(raw, func(n *bpfEntryEvent) { b.entries = append(b.entries, e.entry(n)) })
	case bpfEventKindEVENT_SOFTIRQ:
		return decode(raw, func(s *bpfSoftirqEvent) { b.softirqs = append(b.softirqs, softirq(s)) })
	case bpfEventKindEVENT_WAKEUP:
		return decode(raw, func(w *bpfWakeupEvent) { b.wakeups = append(b.wakeups, wakeup(w)) })
	case bpfEventKindEVENT_GO:
		return decode(raw, func(g *bpfGoEvent) { b.goCalls = append(b.goCalls, goCall(g)) })
	default:
		return fmt.Errorf("decode event: unknown kind %d", kind)
	}
}

// decode reads one of the structs of bpf/events.h.
func decode[E any](raw []byte, then func(*E)) error {
	event := new(E)
	if _, err := binary.Decode(raw, binary.NativeEndian, event); err != nil {
		return fmt.Errorf("decode event of %d bytes: %w", len(raw), err)
	}
	then(event)
	return nil
}

func (e *events) call(h *bpfHookEvent) Call {
	c := Call{
		Time:     int64(h.Time),
		Duration: time.Duration(h.Duration),
		Thread:   Thread{int(h.Pid), int(h.Tid), text(h.Comm[:])},
		Role:     Role(h.Role),
		Context:  Context(h.Context),
		IPv6:     h.Family == afInet6,
		Length:   int(h.Length),
		Flags:    h.Flags,
		Over:     h.Over != 0,
		Return:   h.Returned,
	}
	if int(h.Hook) < len(hooks) {
		c.Hook, c.Function = hooks[h.Hook], e.players[h.Hook]
	}
	c.Local = netip.AddrPortFrom(address(h.Local, c.IPv6), h.LocalPort)
	c.Peer = netip.AddrPortFrom(address(h.Peer, c.IPv6), bigEndian(h.PeerPort))
	return c
}

func packet(p *bpfPacketEvent) Packet {
	h := &p.Headers
	ipv6 := h.Version == 6
	return Packet{
		Time:        int64(p.Time),
		Device:      text(p.Device[:]),
		Incoming:    p.Direction == bpfDirectionPACKET_IN,
		Role:        Role(p.Role),
		Context:     Context(p.Context),
		Protocol:    h.Protocol,
		Source:      netip.AddrPortFrom(address(h.Source, ipv6), bigEndian(h.SourcePort)),
		Destination: netip.AddrPortFrom(address(h.Destination, ipv6), bigEndian(h.DestinationPort)),
		TCPFlags:    h.TcpFlags,
		Length:      int(p.Length),
		Socket:      p.Socket,
		TID:         int(p.Tid),
		Data:        slices.Clone(p.Data[:min(int(p.Captured), len(p.Data))]),
	}
}

func (e *events) entry(n *bpfEntryEvent) Entry {
	return Entry{
		Function: e.counted(n.Function),
		Time:     int64(n.Time),
		Thread:   Thread{int(n.Pid), int(n.Tid), text(n.Comm[:])},
		Role:     Role(n.Role),
		Context:  Context(n.Context),
	}
}

func softirq(s *bpfSoftirqEvent) Softirq {
	return Softirq{
		Context:  Context(s.Context),
		Time:     int64(s.Time),
		Duration: time.Duration(s.Duration),
		Thread:   Thread{int(s.Pid), int(s.Tid), text(s.Comm[:])},
		Role:     Role(s.Role),
	}
}

func wakeup(w *bpfWakeupEvent) Wakeup {
	return Wakeup{
		Time:      int64(w.Time),
		Thread:    Thread{int(w.Pid), int(w.Tid), text(w.Comm[:])},
		Role:      Role(w.Role),
		Waker:     Thread{int(w.WakerPid), int(w.WakerTid), text(w.WakerComm[:])},
		WakerRole: Role(w.WakerRole),
		Context:   Context(w.Context),
	}
}
