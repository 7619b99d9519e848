package exercise

import (
	"fmt"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

var noAllocation = Exercise{
	Number: 15, Name: "no-allocation", Theme: themeUseful, Peer: "pinger", Serves: true,
	GoFunctions: heapFunctions,
	Questions: []Question{
		{
			Key:  "allocations",
			Text: "As handed out: how often does the program ask the heap for memory, for one datagram?",
			Why: "3 times: for the buffer; for the net.UDPAddr that ReadFrom returns as a net.Addr; and for the bytes of the " +
				"address in it.",
			number: exactly(3), count: Evidence.allocationsEach,
		},
		{
			Key:  "calls",
			Text: "When it is done: how many system calls, of those that receive or send something, does it need for the 100 datagrams?",
			Why: "200, just as before: one to receive and one to send each. What is saved is all in Go. (With recvmmsg(2) it is no " +
				"different: the next datagram comes when the last has been answered.)",
			count: func(e Evidence) int { return len(e.receives()) + len(e.sends()) },
		},
	},
	Expect: []Expectation{
		{"each of the 100 datagrams comes back, as it is and in its turn", comesBack},
		{"after the first ten, nothing is allocated on Go's heap", heapRests},
	},
}

// pings is how many datagrams the peer sends, and warm after how many of them nothing may be
// allocated any more.
const (
	pings = 100
	warm  = 10
)

// A ping is one of the peer's datagrams, and its answer.
type ping struct {
	came, answer trace.Packet
	taken        trace.Syscall // by which the program received it; the zero call, if none was seen
}

// pinged returns the peer's datagrams in order, as far as each was answered with something.
// It sends the next one when that has come.
func (e Evidence) pinged() (all []ping) {
	came := slices.DeleteFunc(e.came(trace.UDP), func(p trace.Packet) bool { return p.Dest != e.server() || p.Device == "lo" })
	answers := e.packets(func(p trace.Packet) bool {
		return p.Role == e.other() && p.Direction == trace.In && isUDP(p) && p.Source == e.server()
	})
	receives := byEnd(e.calls(receiving...))
	for i, p := range came {
		one := ping{came: p}
		if i < len(answers) {
			one.answer = answers[i]
		}
		for _, c := range receives {
			if one.taken.Name == "" && takes(c, p) {
				one.taken = c
			}
		}
		all = append(all, one)
	}
	return all
}

// takes tells whether a call received a datagram: it returned after that had come, with as
// many bytes. No two of the peer's are under way at the same time.
func takes(c trace.Syscall, p trace.Packet) bool {
	if c.Errno != "" || c.Unfinished || ended(c) < p.Time || c.Flags.Has(kernel.MsgPeek) {
		return false
	}
	return slices.ContainsFunc(messages(c), func(r receipt) bool { return r.length >= p.Payload() })
}

func comesBack(e Evidence) Finding {
	all := e.pinged()
	if len(all) == 0 {
		return unmet("no datagram came: nobody listened at the server's port")
	}
	for i, p := range all {
		said, want := string(p.answer.Content()), fmt.Sprintf("ping %d", i+1)
		proof := []trace.Packet{p.came, p.answer}
		switch {
		case p.answer.Length == 0:
			return unmet("datagram %d came, and nothing came back from the server's port to who had sent it", i+1).packets(proof[:1])
		case said != want:
			return unmet("datagram %d said %q, and what came back said %q", i+1, want, said).packets(proof)
		case p.answer.Time < p.came.Time:
			return unmet("the answer to datagram %d left before that had come", i+1).packets(proof)
		case p.taken.Name == "" || ended(p.taken) > p.answer.Time:
			return unproved("datagram %d came back, and no system call was seen that received it before", i+1).packets(proof)
		}
	}
	heard := moved(e.callsOf(e.other(), receiving...))
	if len(all) < pings || len(heard) < pings {
		return unproved("%s of the %d came back to who had sent them", plural(min(len(all), len(heard)), "datagram"), pings)
	}
	return met("they did")
}

// heapRests: from the receiving of the first datagram after the warm ones until the answer to
// the last, the program does not ask the heap for memory.
func heapRests(e Evidence) Finding {
	asked, why := e.allocations()
	if why != nil {
		return *why
	}
	all := e.pinged()
	heap, _ := e.GoFunction(mallocgc)
	for _, p := range all {
		if !slices.ContainsFunc(heap.Calls, func(c trace.GoCall) bool { return c.PID == p.taken.PID }) {
			return unproved("%s was never called in the process that received them: it runs another program than yours", mallocgc).
				calls(p.taken)
		}
	}
	from, to := ended(all[warm].taken), all[len(all)-1].answer.Time
	asked = slices.DeleteFunc(asked, func(c trace.GoCall) bool { return c.Time < from || c.Time > to })
	if len(asked) == 0 {
		return met("none was asked for")
	}
	most := slices.MaxFunc(asked, func(a, b trace.GoCall) int { return int(a.Argument) - int(b.Argument) })
	stack := stackOf(most)
	for _, c := range asked {
		if c.Argument == most.Argument && asker(c) == asker(most) && c.Time != most.Time {
			stack.Count++
		}
	}
	return unmet("after that, %s", whoAsked(most)).by(stack)
}

// allocationsEach returns how often the heap is asked for memory from one datagram to the
// next, once the program is warm.
func (e Evidence) allocationsEach() int {
	asked, why := e.allocations()
	all := e.pinged()
	if why != nil || len(all) < pings {
		return -1
	}
	return len(slices.DeleteFunc(asked, func(c trace.GoCall) bool {
		return c.Time < ended(all[warm].taken) || c.Time > ended(all[warm+1].taken)
	}))
}

// whoAsked says who asked the heap for how much, and, where a method of net.UDPConn did, what
// for.
func whoAsked(c trace.GoCall) string {
	saw := fmt.Sprintf("%s asked the heap for %s", asker(c), plural(c.Argument, "byte"))
	switch name := method(callers(*stackOf(c))); name {
	case "ReadFrom", "ReadFromUDP", "ReadMsgUDP":
		saw += fmt.Sprintf(": %s makes a net.UDPAddr of the sender's address", name)
	case "":
	default:
		saw += ", called by " + name
	}
	return saw
}

// method returns the method of net.UDPConn that the learner's code has called, from the
// names on a stack, leaf first; or nothing.
func method(names []string) string {
	called := ""
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
