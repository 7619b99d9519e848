package trace

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"dialpath/lab/kernel"
)

// Version 1 had texts where there are typed fields now: the addresses and flags of packets
// and hooks, and all arguments of a system call in one text. This is the only place where
// they are taken apart. What those texts left out is not known: the values of options, the
// flags of a call, its protocol, the addresses of sendmsg and recvmsg.

// A version1 is a trace of version 1: a [Trace] but for these lists.
type version1 struct {
	Trace
	Hooks    []hook1    `json:"hooks"`
	Packets  []packet1  `json:"packets"`
	Syscalls []syscall1 `json:"syscalls"`
}

type hook1 struct {
	Hook
	Local string `json:"local"`
	Peer  string `json:"peer"`
}

type packet1 struct {
	Packet
	Source string `json:"source"`
	Dest   string `json:"destination"`
}

type syscall1 struct {
	Syscall
	Args string `json:"args"` // "AF_INET, SOCK_STREAM"
}

// decodeVersion1 reads a trace of version 1.
func decodeVersion1(document []byte) (*Trace, error) {
	old := new(version1)
	if err := json.Unmarshal(document, old); err != nil {
		return nil, fmt.Errorf("not a trace: %w", err)
	}
	t := &old.Trace
	t.Version = Version
	var hooks, packets, calls error
	t.Hooks, hooks = convert(old.Hooks, hook1.convert)
	t.Packets, packets = convert(old.Packets, packet1.convert)
	t.Syscalls, calls = convert(old.Syscalls, syscall1.convert)
	if err := cmp.Or(hooks, packets, calls); err != nil {
		return nil, fmt.Errorf("not a trace of version 1: %w", err)
	}
	return t, nil
}

// convert converts the rows of a list. One that is nil stays so: it was not asked for.
func convert[Old, New any](old []Old, row func(Old) (New, error)) ([]New, error) {
	if old == nil {
		return nil, nil
	}
	rows := make([]New, 0, len(old))
	for _, o := range old {
		n, err := row(o)
		if err != nil {
			return nil, err
		}
		rows = append(rows, n)
	}
	return rows, nil
}

func (h hook1) convert() (Hook, error) {
	var local, peer error
	h.Hook.Local, local = address1(h.Local)
	h.Hook.Peer, peer = address1(h.Peer)
	return h.Hook, cmp.Or(local, peer)
}

func (p packet1) convert() (Packet, error) {
	var source, dest error
	p.Packet.Source, source = address1(p.Source)
	p.Packet.Dest, dest = address1(p.Dest)
	return p.Packet, cmp.Or(source, dest)
}

// address1 reads an address with its port, or without.
func address1(text string) (netip.AddrPort, error) {
	if text == "" {
		return netip.AddrPort{}, nil
	}
	if alone, err := netip.ParseAddr(text); err == nil {
		return netip.AddrPortFrom(alone, 0), nil
	}
	return netip.ParseAddrPort(text)
}

// convert reads the arguments of a call. Those that had none to tell have an empty text.
func (c syscall1) convert() (row Syscall, err error) {
	row = c.Syscall
	if c.Args == "" {
		return row, nil
	}
	switch c.Name {
	case "socket":
		family, kind, _ := strings.Cut(c.Args, ", ")
		row.Family = family1(family)
		kind, flags, _ := strings.Cut(kind, "|")
		row.Type = type1(kind)
		row.flags1(flags)
	case "bind", "connect", "accept", "accept4", "getsockname", "getpeername":
		address, flags, _ := strings.Cut(c.Args, ", ") // the first labs wrote accept4's flags
		row.flags1(flags)
		err = row.address1(address)
	case "read", "write", "sendto", "recvfrom":
		size, address, named := strings.Cut(c.Args, ", ")
		if row.Size, err = number1(size, "", " bytes"); err == nil && named {
			err = row.address1(address)
		}
	case "setsockopt", "getsockopt":
		row.Option.Option, err = option1(c.Args)
	case "listen":
		row.Backlog, err = number1(c.Args, "backlog ", "")
	default:
		err = errors.New("this call had no such text")
	}
	if err != nil {
		return row, fmt.Errorf("%s(%s): %w", c.Name, c.Args, err)
	}
	return row, nil
}

// address1 reads a socket's address. In version 1 none was in IPv6's clothes.
func (c *Syscall) address1(text string) (err error) {
	if c.Address, err = netip.ParseAddrPort(text); err != nil {
		return err
	}
	c.Family = kernel.Inet6
	if c.Address.Addr().Is4() {
		c.Family = kernel.Inet
	}
	return nil
}

// flags1 reads the flags of the descriptor that a call makes.
func (c *Syscall) flags1(text string) {
	for flag := range strings.SplitSeq(text, "|") {
		c.CloseOnExec = c.CloseOnExec || flag == "SOCK_CLOEXEC"
		c.NonBlocking = c.NonBlocking || flag == "SOCK_NONBLOCK"
	}
}

// family1 turns AF_INET into inet, and "family 17" into what that number is called today.
func family1(text string) kernel.Family {
	if number, err := number1(text, "family ", ""); err == nil {
		return kernel.FamilyOf(uint16(number))
	}
	return kernel.Family(strings.ToLower(strings.TrimPrefix(text, "AF_")))
}

// type1 does the same with SOCK_DGRAM and "type 5".
func type1(text string) kernel.SocketType {
	if number, err := number1(text, "type ", ""); err == nil {
		return kernel.SocketTypeOf(uint32(number))
	}
	return kernel.SocketType(strings.ToLower(strings.TrimPrefix(text, "SOCK_")))
}

// number1 reads the number between a prefix and a suffix.
func number1(text, prefix, suffix string) (int, error) {
	return strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(text, prefix), suffix))
}

// option1 reads an option: its name, or "level 0, option 11".
func option1(text string) (o kernel.Option, err error) {
	for known, name := range kernel.Options() {
		if name == text {
			return known, nil
		}
	}
	level, option, _ := strings.Cut(text, ", ")
	if o.Level, err = number1(level, "level ", ""); err == nil {
		o.Name, err = number1(option, "option ", "")
	}
	return o, err
}
