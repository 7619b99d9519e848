package exercise

import (
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// A dialed socket is one that connect(2) gave the server as its peer.
type dialed struct {
	socket
	connect trace.Syscall
	by      string // the function that dialed, netDial or netDialUDP; "" for any other way
}

// The functions by which Go programs dial.
const (
	netDial    = "net.Dial"
	netDialUDP = "net.DialUDP"
)

// dialed returns the sockets that were dialed, in the order in which they were made.
func (e Evidence) dialed() []dialed {
	var all []dialed
	for _, s := range e.sockets() {
		i := slices.IndexFunc(s.calls, func(c trace.Syscall) bool { return connects(c) && port(peer(c)) == serverPort })
		if i < 0 {
			continue
		}
		functions := udpConnect
		if s.stream() {
			functions = tcpConnect
		}
		all = append(all, dialed{s, s.calls[i], e.dialer(s.calls[i], functions...)})
	}
	return all
}

// connects tells whether a call is a connect(2) that went well, or is under way: that of
// a stream socket that does not block takes its time.
func connects(c trace.Syscall) bool {
	return c.Name == "connect" && (c.Errno == "" || c.Errno == "EINPROGRESS")
}

// dialer tells by which Go function a connect(2) was called.
func (e Evidence) dialer(connect trace.Syscall, functions ...string) string {
	if s := e.during(connect, functions...); s != nil {
		return goDialer(*s)
	}
	// A stack has the time of its first hit only: this was another one, of a stack that
	// was there before. If several may be meant, nobody knows.
	found := ""
	for _, s := range e.Stacks {
		before := s.TID == connect.TID && s.First < connect.Time && s.Count > 1
		if !before || !e.mine(s, functions) {
			continue
		}
		if by := goDialer(s); found == "" || found == by {
			found = by
		} else {
			return ""
		}
	}
	return found
}

// goDialer returns the function of the package net that a stack goes through.
func goDialer(s trace.Stack) string {
	for _, name := range callers(s) {
		switch name {
		case "net.Dial", "net.DialTimeout", "net.(*Dialer).Dial", "net.(*Dialer).DialContext":
			return netDial
		case "net.DialUDP", "net.(*Dialer).DialUDP":
			return netDialUDP
		}
	}
	return ""
}

// mine tells whether a stack is the learner's, in process context, and goes through one of
// the functions.
func (e Evidence) mine(s trace.Stack, functions []string) bool {
	return s.Role == e.you && s.Context == trace.Process &&
		slices.ContainsFunc(functions, func(name string) bool { return passes(s, name) })
}

// during returns the stack on which one of the functions ran in the course of a system
// call, or nil. Of stacks that are the same only the first has its time.
func (e Evidence) during(c trace.Syscall, functions ...string) *trace.Stack {
	for i, s := range e.Stacks {
		within := s.TID == c.TID && c.Time <= s.First && s.First <= c.Time+int64(c.Duration)
		if within && e.mine(s, functions) {
			return &e.Stacks[i]
		}
	}
	return nil
}

// datagram and stream tell the type of a socket that the program made itself.
func (s socket) datagram() bool { return s.made("SOCK_DGRAM") }
func (s socket) stream() bool   { return s.made("SOCK_STREAM") }

func (s socket) made(kind string) bool {
	return len(s.calls) > 0 && s.calls[0].Name == "socket" && strings.Contains(s.calls[0].Args, kind)
}

// named returns those of the socket's calls that have one of the names.
func (s socket) named(names ...string) []trace.Syscall {
	var calls []trace.Syscall
	for _, c := range s.calls {
		if slices.Contains(names, c.Name) {
			calls = append(calls, c)
		}
	}
	return calls
}
