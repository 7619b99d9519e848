package exercise

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"dialpath/lab/trace"
)

// A dialed socket is one that connect(2) gave the server, by address and port, as its peer.
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
		i := slices.IndexFunc(s.calls, func(c trace.Syscall) bool { return connects(c) && c.Peer() == e.server() })
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
	return c.Name == "connect" && (worked(c) || c.Errno == "EINPROGRESS")
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
	for _, f := range s.Frames {
		if f.Kind != trace.User || !ofPackageNet(f) {
			continue
		}
		switch f.Name {
		case "net.Dial", "net.DialTimeout", "net.(*Dialer).Dial", "net.(*Dialer).DialContext":
			return netDial
		case "net.DialUDP", "net.(*Dialer).DialUDP":
			return netDialUDP
		}
	}
	return ""
}

// ofPackageNet tells whether a frame's source is Go's own: by the directive linkname anybody
// may have the same name. Where the source is not known, the name must do.
func ofPackageNet(f trace.Frame) bool {
	dir := path.Dir(f.File)
	return f.File == "" || dir == "net" || strings.HasSuffix(dir, "/src/net")
}

// String returns the dial as one would write it in Go.
func (d dialed) String() string {
	network := "udp"
	if d.stream() {
		network = "tcp"
	}
	switch d.by {
	case netDialUDP:
		return netDialUDP
	case "":
		return "another way over " + strings.ToUpper(network)
	}
	return fmt.Sprintf("%s(%q)", d.by, network)
}
