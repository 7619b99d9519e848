package probes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/cilium/ebpf/ringbuf"
)

// The kinds of events: enum event_kind in bpf/events.h.
const (
	hookKind = iota + 1
	packetKind
	syscallKind
)

// A Thread is who was on the CPU, by its numbers in the lab's PID namespace.
type Thread struct {
	PID, TID int
	Comm     string // at most 15 bytes
}

// A Call is one call of a hook.
type Call struct {
	Hook     string // name of the role
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
	TCPFlags            uint8 // FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, …
	Length              int   // bytes from the network header on
}

// events collects the events of a session, reading while they come.
type events struct {
	players  [len(hooks)]string
	reader   *ringbuf.Reader
	flushed  chan error // gets the outcome of reading at each flush, and at the end
	calls    []Call
	packets  []Packet
	syscalls []Syscall
}

// openEvents begins to read, if there will be anything to read.
func openEvents(o *objects, opts Options, players [len(hooks)]*Function) (*events, error) {
	e := &events{flushed: make(chan error)}
	for i, f := range players {
		if f != nil {
			e.players[i] = f.Name
		}
	}
	if !opts.Hooks && !opts.Packets && !opts.Syscalls {
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
	var failed error
	for {
		err := e.reader.ReadInto(&record)
		switch {
		case errors.Is(err, ringbuf.ErrClosed):
			return
		case errors.Is(err, ringbuf.ErrFlushed):
			e.flushed <- failed
			failed = nil
			continue
		case err == nil:
			err = e.add(record.RawSample)
		}
		failed = errors.Join(failed, err)
	}
}

// take waits until all that was sent has been read, and returns it.
func (e *events) take() (seen Seen, err error) {
	if e.reader != nil {
		if err := e.reader.Flush(); err != nil {
			return Seen{}, fmt.Errorf("flush ring buffer: %w", err)
		}
		err = <-e.flushed
	}
	// Nobody writes to these now: the gate is closed.
	seen.Calls, seen.Packets, seen.Syscalls = e.calls, e.packets, e.syscalls
	e.calls, e.packets, e.syscalls = nil, nil, nil
	return seen, err
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

// add decodes one event.
func (e *events) add(raw []byte) error {
	if len(raw) < 4 {
		return fmt.Errorf("decode event: %d bytes are too few", len(raw))
	}
	switch kind := binary.NativeEndian.Uint32(raw); kind {
	case hookKind:
		return decode(raw, func(h *bpfHookEvent) { e.calls = append(e.calls, e.call(h)) })
	case packetKind:
		return decode(raw, func(p *bpfPacketEvent) { e.packets = append(e.packets, packet(p)) })
	case syscallKind:
		return decode(raw, func(s *bpfSyscallEvent) { e.syscalls = append(e.syscalls, systemCall(s)) })
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
		c.Hook, c.Function = hooks[h.Hook].Name, e.players[h.Hook]
	}
	c.Local = netip.AddrPortFrom(address(h.Local, c.IPv6), h.LocalPort)
	c.Peer = netip.AddrPortFrom(address(h.Peer, c.IPv6), bigEndian(h.PeerPort))
	return c
}

func packet(p *bpfPacketEvent) Packet {
	ipv6 := p.Version == 6
	return Packet{
		Time:        int64(p.Time),
		Device:      text(p.Device[:]),
		Incoming:    p.Direction != 0,
		Role:        Role(p.Role),
		Context:     Context(p.Context),
		Protocol:    p.Protocol,
		Source:      netip.AddrPortFrom(address(p.Source, ipv6), bigEndian(p.SourcePort)),
		Destination: netip.AddrPortFrom(address(p.Destination, ipv6), bigEndian(p.DestinationPort)),
		TCPFlags:    p.TcpFlags,
		Length:      int(p.Length),
	}
}
