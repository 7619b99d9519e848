package exercise

import (
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/plan"
	"dialpath/lab/trace"
)

var noAllocation = Exercise{
	Number: 15, Name: "no-allocation", Theme: themeUseful, Peer: "pinger", Serves: true,
	Stacks:      []string{kernel.UDPSend, kernel.UDPReceive, "sock_recvmsg"},
	GoFunctions: []plan.GoFunction{{Name: mallocgc}},
	Questions: []Question{
		{
			Key: "addresses", Text: "At how many addresses in memory does the kernel put the 100 datagrams?",
			Why: "One buffer is enough: the last datagram has been sent back when the next one comes. Several in turn are as " +
				"good, and one on the stack may move as that grows.",
			count: func(e Evidence) int { return len(e.buffers()) },
		},
		{
			Key: "sends", Text: "How many system calls send the answers?",
			Why:   "100: one for each datagram.",
			count: func(e Evidence) int { return len(e.sends()) },
		},
	},
	Expect: []Expectation{
		{"each of the 100 datagrams is answered", answersAll},
		{"they are received at a few addresses in memory, 20 at most, again and again", sameBuffer},
		{"no net.Addr is made for a datagram that is received", noAddressOfSender},
		{"no net.Addr is made for one that is sent", noAddressOfReceiver},
	},
}

const mallocgc = "runtime.mallocgc"

// pings is how many datagrams the peer sends.
const pings = 100

// buffers returns the addresses to which the kernel has copied what the program received,
// each once. Of recvmmsg(2), which fills several, only the first is known.
func (e Evidence) buffers() []uint64 {
	var all []uint64
	for _, c := range e.receives() {
		if c.Buffer != 0 && !slices.Contains(all, c.Buffer) {
			all = append(all, c.Buffer)
		}
	}
	return all
}

func answersAll(e Evidence) Finding {
	answers := len(datagrams(e.left()))
	if came := len(e.came(trace.UDP)); answers < pings {
		return unmet("%s came, and %s left", plural(came, "datagram"), plural(answers, "answer")).by(e.stack(udpSend...))
	}
	return met("%s left", plural(answers, "answer"))
}

// aFew buffers are as good as one: there may be one for each of some goroutines, or a
// pool; and a buffer on the stack moves when the stack does. Where each datagram gets a
// new one, addresses come again only after the garbage collector has run.
const aFew = 20

// untold tells whether it is not known of a call where all that it received is.
func untold(c trace.Syscall) bool { return c.Buffer == 0 || kernel.IsSyscall(c.Name, kernel.Batches) }

func sameBuffer(e Evidence) Finding {
	receives, n := e.receives(), len(e.buffers())
	if i := slices.IndexFunc(receives, untold); i >= 0 {
		return unmet("%s(2) does not tell where it put them, so nothing is proved: recvfrom(2) does, by ReadFromUDPAddrPort", receives[i].Name).
			calls(receives[i]).by(e.stack(udpReceive...))
	}
	if n > aFew {
		return unmet("it put %s at %d different addresses: there was a new buffer for each", plural(len(receives), "datagram"), n).
			buffers(receives).by(e.stack(udpReceive...))
	}
	return met("they were").buffers(receives)
}

// The methods of net.UDPConn that tell and take an address as a value. The older ones
// make a net.UDPAddr for it, with a slice of bytes in it.
var (
	receiveByValue = []string{"net.(*UDPConn).ReadFromUDPAddrPort", "net.(*UDPConn).ReadMsgUDPAddrPort"}
	sendByValue    = []string{"net.(*UDPConn).WriteToUDPAddrPort", "net.(*UDPConn).WriteMsgUDPAddrPort"}
)

func noAddressOfSender(e Evidence) Finding {
	return e.goesThrough(receiveByValue, "the datagrams were received", udpReceive)
}

func noAddressOfReceiver(e Evidence) Finding {
	return e.goesThrough(sendByValue, "the answers were sent", udpSend)
}

// goesThrough: each stack of the program's that leads to one of the kernel's functions
// comes through one of the methods.
func (e Evidence) goesThrough(methods []string, what string, functions []string) Finding {
	var right *trace.Stack
	for i, s := range e.Stacks {
		if s.Role != e.you || s.Context != trace.Process || !slices.ContainsFunc(functions, func(f string) bool { return passes(s, f) }) {
			continue
		}
		names := callers(s)
		if len(names) == 0 {
			continue // the program's part is not known
		}
		if !slices.ContainsFunc(methods, func(m string) bool { return slices.Contains(names, m) }) {
			return unmet("%s by %s", what, method(names)).by(&e.Stacks[i])
		}
		right = &e.Stacks[i]
	}
	if right == nil {
		return unmet("no stack shows how %s", what)
	}
	return met("%s by %s", what, method(callers(*right))).by(right)
}

// method returns the method of net.UDPConn that the learner's code has called, from the
// names on a stack, leaf first.
func method(names []string) string {
	called := "some other way"
	for _, name := range names {
		if strings.HasPrefix(name, "main.") {
			break
		}
		if m, ok := strings.CutPrefix(name, "net.(*UDPConn)."); ok {
			called = m
		}
	}
	return called
}
