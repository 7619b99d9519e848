package tour

import (
	"fmt"
	"slices"
	"strings"

	"dialpath/lab/kernel"
	"dialpath/lab/trace"
)

// The workloads that the claim about resolving needs.
const (
	literal    = "resolve-literal"
	nameForUDP = "resolve-udp"
	nameForTCP = "resolve-tcp"
)

func resolving() []Claim {
	needs := Needs{Stacks: []string{kernel.UDPSend}, Packets: true, Syscalls: true}
	return []Claim{{
		Number: 2, Title: "Address resolution", judge: namesAreAsked,
		Text: "An address that is a literal is only parsed. A name goes through Go's resolver, in goroutines of its own, " +
			"to a DNS server. For TCP that is the same as for UDP.",
		Recordings: []Recording{{literal, needs}, {nameForUDP, needs}, {nameForTCP, needs}},
		Exhibits:   []Exhibit{{Kind: Packets, Workloads: []string{literal, nameForUDP, nameForTCP}}, {Kind: Stacks, Workloads: []string{nameForUDP}}},
		Explanation: "The stack does not begin in main: the question is asked in a goroutine, one for the IPv4 and one for the IPv6 addresses. " +
			"Between it and yours is another (internal/singleflight), so that ten goroutines that ask for one name at once make one lookup. " +
			"Yours waits on a channel, which needs no system call, and so is in no stack of the kernel's: " +
			"Delve shows it, with scripts/delve/resolve.dlv. " +
			"The DNS server is the lab's own, and knows one name.",
		Try: Try{"packets -w resolve-udp", "the questions and the answers, at both ends"},
	}}
}

// lookup is in the names of the functions of Go's resolver that ask DNS servers.
const lookup = "net.(*Resolver).goLookupIPCNAMEOrder"

// namesAreAsked judges claim 2.
func namesAreAsked(ts traces) Verdict {
	if sent := ts[literal].Sent(trace.Client); len(sent) > 0 {
		said := fmt.Sprintf("%s sent %s", literal, plural(len(sent), "packet"))
		return refuted(firstTo(said, sent)).brief("%s", said)
	}
	if calls := socketCalls(ts[literal]); len(calls) > 0 {
		said := fmt.Sprintf("%s made %s", literal, plural(len(calls), "system call"))
		return refuted(said+" on sockets, the first "+calls[0].Name).brief("%s", said)
	}
	notes := []string{literal + ": no socket, no packet"}
	var asked []trace.Stack
	var questions []int
	for _, name := range []string{nameForUDP, nameForTCP} {
		t := ts[name]
		sent := t.Sent(trace.Client)
		if len(sent) == 0 {
			return refuted(append(notes, name+" asked nobody")...)
		}
		i := slices.IndexFunc(t.Stacks, func(s trace.Stack) bool {
			return s.Role == trace.Client && frameOf(s, kernel.UDPSend) >= 0 && slices.ContainsFunc(goFunctions(s), isLookup)
		})
		if i < 0 {
			return unseen(t, kernel.UDPSend, "by the resolver", fmt.Sprintf("none of %s of %s shows Go's resolver sending", plural(len(t.Stacks), "stack"), name))
		}
		asked, questions = append(asked, t.Stacks[i]), append(questions, len(sent))
		notes = append(notes, fmt.Sprintf("%s: %s to %s", name, plural(len(sent), "question"), sent[0].Dest))
	}
	if v, lost := losses(ts[literal]); lost {
		return v
	}
	udp, tcp := goFunctions(asked[0]), goFunctions(asked[1])
	if i := firstDifference(udp, tcp); i >= 0 {
		differs := fmt.Sprintf("Go's way differs at %s for UDP, %s for TCP", at(udp, i), at(tcp, i))
		return refuted(append(notes, differs)...).brief("Go's way differs for UDP and for TCP").by(asked[0], differs)
	}
	return held(append(notes, "the same Go functions for both")...).
		brief("DNS questions: literal 0; name: UDP %d, TCP %d", questions[0], questions[1]).
		by(asked[0], fmt.Sprintf("Go's resolver called %s", player(asked[0], kernel.UDPSend)))
}

func isLookup(function string) bool { return strings.HasPrefix(function, lookup) }
