package exercise

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var noDifference = Exercise{
	Number: 5, Name: "no-difference", Theme: themeDialing, Peer: "echo",
	Stacks: []string{kernel.UDPConnect, kernel.UDPSend, kernel.UDPReceive},
	Questions: []Question{{
		Key: "calls-odd", Text: "As the program is handed out: how many system calls does the one socket or the other have that its twin has not?",
		Why: "Two: DialUDP's has a bind(2), since it was given an address of its own, and Dial's has a write(2). Both are closed, " +
			"and all the rest is the same for both.",
		number: exactly(2), count: oddCalls,
	}, {
		Key: "calls-of-a-dial", Text: "How many system calls does net.Dial make about its socket, from the one that makes it until Dial returns?",
		Why: "socket(2), setsockopt(2) for SO_BROADCAST, which Go sets on every datagram socket, connect(2), epoll_ctl(2), by which the " +
			"runtime has itself told when there is something to read, and getsockname(2) and getpeername(2), which fill LocalAddr and RemoteAddr in. " +
			"A dial that chooses its own address calls bind(2) as well.",
		count: callsOfDial,
	}},
	Expect: []Expectation{
		{"net.Dial dials the server over UDP, net.DialUDP does, and nothing else dials", dialsBothWays},
		{"what is asked of the kernel for the one socket is asked for the other, with the same outcome", alike},
		{"both are closed", closesBoth},
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
	if all := e.connected(); len(all) > 2 {
		return unmet("%s were dialed: it is about two", plural(len(all), "socket")).calls(all...)
	}
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

// connected returns, for each datagram socket that was given a peer, the connect(2) that did.
func (e Evidence) connected() []trace.Syscall {
	var all []trace.Syscall
	for _, s := range e.sockets() {
		if i := slices.IndexFunc(s.calls, connects); i >= 0 && s.datagram() {
			all = append(all, s.calls[i])
		}
	}
	return all
}

// closesBoth: two that are left open are alike, but it is not known for how long.
func closesBoth(e Evidence) Finding {
	dial, dialUDP := e.pair()
	for _, d := range []*dialed{dial, dialUDP} {
		if d == nil {
			return dialsBothWays(e)
		}
		if _, closed := d.closed(); !closed {
			return unmet("the socket of %v was left to the end of the program", d).calls(d.connect)
		}
	}
	return met("close(2) was called on each")
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
// which is at the dial and at the close. Of tries to receive before there was anything, how
// many there are depends on who was faster: if the next one got something they are left out,
// and if none did, they are one.
func (s socket) life() []trace.Syscall {
	calls := slices.DeleteFunc(slices.Clone(s.calls), func(c trace.Syscall) bool { return c.Name == "epoll_ctl" })
	var life []trace.Syscall
	for i, c := range calls {
		early := c.Errno == "EAGAIN" && isReceiving(c)
		if early && i+1 < len(calls) && isReceiving(calls[i+1]) {
			continue
		}
		life = append(life, c)
	}
	return life
}

// An asked is what a call asks of the kernel, and what comes of it, without what differs from
// run to run. The zero value is no call.
type asked struct {
	name     string
	family   kernel.Family     // of socket
	kind     kernel.SocketType // likewise
	address  netip.AddrPort
	option   kernel.Option
	value    string // of it
	backlog  int
	size     int
	flags    kernel.MessageFlags
	messages int
	named    bool
	passed   int // descriptors
	command  kernel.FcntlCommand
	argument int64
	timeout  time.Duration
	returned int64
	errno    string
}

// describe returns what the call at a place asked, if there is one.
func describe(calls []trace.Syscall, i int) asked {
	if i >= len(calls) {
		return asked{}
	}
	c := calls[i]
	a := asked{
		name: c.Name, kind: c.Type, address: c.Peer(), option: c.Option.Option, value: valueOf(c.Option), backlog: c.Backlog,
		size: c.Size, flags: c.Flags, messages: c.Messages, named: c.Named, passed: len(c.Passed), timeout: c.Timeout,
		command: c.Command, argument: c.Argument, returned: c.Return, errno: c.Errno,
	}
	switch {
	case c.Name == "socket": // returns its descriptor
		a.family, a.returned = c.Family, 0
	case c.Copies(): // likewise, and may be told which
		a.argument, a.returned = 0, 0
	case c.Name == "getsockname": // tells the port that the kernel chose
		a.address = netip.AddrPortFrom(a.address.Addr(), 0)
	}
	return a
}

// valueOf writes an option's value, as far as it is known.
func valueOf(o trace.Option) string {
	switch {
	case o.Value != nil:
		return strconv.FormatInt(*o.Value, 10)
	case o.Length > 0:
		return plural(o.Length, "byte")
	}
	return ""
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
	case a.name == "socket" || trace.Syscall{Name: a.name, Command: a.command}.Copies():
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
	case a.option != kernel.Option{} && a.value != "":
		return fmt.Sprintf("%v, %s", a.option, a.value)
	case a.option != kernel.Option{}:
		return a.option.String()
	case a.name == "fcntl":
		return fmt.Sprintf("%v, %d", a.command, a.argument)
	case a.name == "ioctl":
		return fmt.Sprintf("%#x", a.argument)
	}
	var words []string
	if kernel.IsSyscall(a.name, kernel.Sends) || kernel.IsSyscall(a.name, kernel.Receives) {
		words = append(words, fmt.Sprintf("%d bytes", a.size))
	}
	if a.flags != 0 {
		words = append(words, a.flags.String())
	}
	if a.address.IsValid() {
		words = append(words, a.address.String())
	}
	return join(words)
}

// oddCalls counts the calls for the two sockets that the other one has not: those that are not
// in the longest sequence that is part of both lives.
func oddCalls(e Evidence) int {
	dial, dialUDP := e.pair()
	if dial == nil || dialUDP == nil {
		return 0
	}
	a, b := dial.life(), dialUDP.life()
	common := make([]int, len(b)+1) // of what has been seen of a, with the first so many of b
	for i := range a {
		before := 0 // common[j] as it was for one less of a
		for j := range b {
			here := common[j+1]
			if describe(a, i) == describe(b, j) {
				common[j+1] = before + 1
			} else {
				common[j+1] = max(common[j+1], common[j])
			}
			before = here
		}
	}
	return len(a) + len(b) - 2*common[len(b)]
}

// callsOfDial counts the calls up to the last before net.Dial returns.
func callsOfDial(e Evidence) int {
	dial, _ := e.pair()
	if dial == nil {
		return 0
	}
	return 1 + slices.IndexFunc(dial.calls, func(c trace.Syscall) bool { return c.Name == "getpeername" })
}
