package exercise

import (
	"fmt"
	"net/netip"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var noDifference = Exercise{
	Number: 5, Name: "no-difference", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "calls-differing", Text: "Once both dials do the same: in how many system calls do their sockets differ?",
		Why:   "In none. DialUDP gives you another Go type to hold, *net.UDPConn, and the kernel never hears of types.",
		count: differingCalls,
	}, {
		Key: "calls-of-a-dial", Text: "How many system calls does net.Dial make about its socket, from the one that makes it until Dial returns?",
		Why: "socket(2), setsockopt(2) for SO_BROADCAST, which Go sets on every datagram socket, connect(2), epoll_ctl(2), by which the " +
			"runtime has itself told when there is something to read, and getsockname(2) and getpeername(2), which fill LocalAddr and RemoteAddr in. " +
			"A dial that chooses its own address calls bind(2) as well.",
		count: callsOfDial,
	}},
	Expect: []Expectation{
		{"net.Dial dials the server over UDP, and so does net.DialUDP", dialsBothWays},
		{"what is asked of the kernel for the one socket is asked for the other, with the same outcome", alike},
	},
}

// pair returns the first UDP socket that net.Dial made, and the first of net.DialUDP.
func (e Evidence) pair() (dial, dialUDP *dialed) {
	for _, d := range e.dialed() {
		switch {
		case !d.datagram():
		case d.by == netDial && dial == nil:
			dial = &d
		case d.by == netDialUDP && dialUDP == nil:
			dialUDP = &d
		}
	}
	return dial, dialUDP
}

func dialsBothWays(e Evidence) Finding {
	dial, dialUDP := e.pair()
	switch {
	case dial != nil && dialUDP != nil:
		return met("connect(2) was reached through both").calls(dial.connect, dialUDP.connect)
	case dial != nil:
		return unmet("connect(2) on a UDP socket was reached through net.Dial only").
			calls(dial.connect).by(e.during(dial.connect, udpConnect...))
	case dialUDP != nil:
		return unmet("connect(2) on a UDP socket was reached through net.DialUDP only").
			calls(dialUDP.connect).by(e.during(dialUDP.connect, udpConnect...))
	}
	return unmet("connect(2) on a UDP socket was reached through neither")
}

// alike: the two sockets have had the same calls.
func alike(e Evidence) Finding {
	dial, dialUDP := e.pair()
	if dial == nil || dialUDP == nil {
		return dialsBothWays(e)
	}
	a, b := dial.life(), dialUDP.life()
	for i := range max(len(a), len(b)) {
		x, y := describe(a, i), describe(b, i)
		if x == y {
			continue
		}
		after := "from the first"
		if i > 0 {
			after = fmt.Sprintf("alike up to %s(2)", a[i-1].Name)
		}
		differing := slices.Concat(a[min(i, len(a)):min(i+1, len(a))], b[min(i, len(b)):min(i+1, len(b))])
		odd := dialUDP
		if i >= len(a) || i < len(b) && describe(a, i+1) == y { // net.Dial's has come to its end, or has one call more
			odd = dial
		}
		return unmet("they are %s; then comes, for net.Dial's, %s, and for net.DialUDP's %s", after, x, y).
			calls(differing...).by(e.guilty(*odd, i))
	}
	return met("each has the same %s", plural(len(a), "system call"))
}

// guilty returns the stack of the call at which the odd one of the two sockets differs. Of a
// call that has none, as bind(2), and of one that is missing, it is the dial's.
func (e Evidence) guilty(odd dialed, at int) *trace.Stack {
	suspects := []trace.Syscall{odd.connect}
	if life := odd.life(); at < len(life) {
		suspects = []trace.Syscall{life[at], odd.connect}
	}
	for _, c := range suspects {
		if s := e.during(c, slices.Concat(udpSend, udpReceive, udpConnect)...); s != nil {
			return s
		}
	}
	return nil
}

// life returns what was called for a socket. What Go's runtime tells its poller is left out,
// which is at the dial and at the close; and so is a try to read before there was anything:
// whether there are any depends on who was faster.
func (s socket) life() []trace.Syscall {
	var calls []trace.Syscall
	for _, c := range s.calls {
		if c.Name != "epoll_ctl" && c.Errno != "EAGAIN" {
			calls = append(calls, c)
		}
	}
	return calls
}

// An asked is what a call asks of the kernel, and what comes of it, without what differs from
// run to run. The zero value is no call.
type asked struct {
	name     string
	family   kernel.Family     // of socket
	kind     kernel.SocketType // likewise
	address  netip.AddrPort
	option   kernel.Option
	backlog  int
	size     int
	returned int64
	errno    string
}

// describe returns what the call at a place asked, if there is one.
func describe(calls []trace.Syscall, i int) asked {
	if i >= len(calls) {
		return asked{}
	}
	c := calls[i]
	a := asked{c.Name, "", c.Type, c.Peer(), c.Option.Option, c.Backlog, c.Size, c.Return, c.Errno}
	switch c.Name {
	case "socket": // returns its descriptor
		a.family, a.returned = c.Family, 0
	case "getsockname": // tells the port that the kernel chose
		a.address = netip.AddrPortFrom(a.address.Addr(), 0)
	}
	return a
}

// String writes a call as strace would.
func (a asked) String() string {
	if a.name == "" {
		return "nothing"
	}
	text := fmt.Sprintf("%s(%s)", a.name, a.arguments())
	switch {
	case a.errno != "":
		return text + " = -1 " + a.errno
	case a.name == "socket":
		return text
	}
	return fmt.Sprintf("%s = %d", text, a.returned)
}

func (a asked) arguments() string {
	switch {
	case a.name == "socket":
		return fmt.Sprintf("%v, %v", a.family, a.kind)
	case a.name == "getsockname" && a.address.Addr().IsValid():
		return a.address.Addr().String()
	case a.name == "listen":
		return fmt.Sprintf("backlog %d", a.backlog)
	case a.option != kernel.Option{}:
		return a.option.String()
	}
	var words []string
	if kernel.IsSyscall(a.name, kernel.Sends) || kernel.IsSyscall(a.name, kernel.Receives) {
		words = append(words, fmt.Sprintf("%d bytes", a.size))
	}
	if a.address.IsValid() {
		words = append(words, a.address.String())
	}
	return join(words)
}

// differingCalls counts the places at which the calls for the two sockets differ.
func differingCalls(e Evidence) int {
	dial, dialUDP := e.pair()
	if dial == nil || dialUDP == nil {
		return 0
	}
	a, b := dial.life(), dialUDP.life()
	n := 0
	for i := range max(len(a), len(b)) {
		if describe(a, i) != describe(b, i) {
			n++
		}
	}
	return n
}

// callsOfDial counts the calls up to the last before net.Dial returns.
func callsOfDial(e Evidence) int {
	dial, _ := e.pair()
	if dial == nil {
		return 0
	}
	return 1 + slices.IndexFunc(dial.calls, func(c trace.Syscall) bool { return c.Name == "getpeername" })
}
