package tour

import (
	"fmt"

	"dialpath/lab/kernel"
)

const writeUDP = "write-udp"

func writing() []Claim {
	return []Claim{{
		Number: 9, Title: "Writing over UDP", judge: writeSends,
		Text:       "fmt.Fprintf on a connected UDP socket is a write(2), and ends in ip_send_skb: the packet is on its way before the call returns.",
		Recordings: []Recording{{writeUDP, Needs{Stacks: []string{kernel.IPSend}, Packets: true, Syscalls: true}}},
		Exhibits:   []Exhibit{{Kind: Stacks, Workloads: []string{writeUDP}}, {Kind: Packets, Workloads: []string{writeUDP}}},
		Explanation: "Read it from the bottom: main, your function, fmt, which knows conn only as an io.Writer; the net package and the " +
			"runtime's poller; the system call. Then the kernel's own layers: a file is written to (vfs), it turns out to be a socket, " +
			"the socket to be UDP's, and UDP hands a finished packet to IP. There is no queue in between that something else would " +
			"have to empty: your thread carries the packet all the way to the device.",
		Try: Try{"step write-udp", "the same in a debugger: next, next, and look at what each ran"},
	}}
}

// writeSends judges claim 9.
func writeSends(ts traces) Verdict {
	t := ts[writeUDP]
	s, ok := inside(t, kernel.IPSend, writeCall)
	if !ok {
		return unseen(t, kernel.IPSend, "in "+writeCall, fmt.Sprintf("none of %s shows IP sending inside write(2)", plural(len(t.Stacks), "stack")))
	}
	if len(goFunctions(s)) == 0 {
		return blind(endsAtCall).by(s, endsAtCall)
	}
	if !calledFrom(s, "fmt.Fprintf") {
		const note = "the write did not come from fmt.Fprintf"
		return refuted(note).by(s, note)
	}
	return ranInside(s, kernel.IPSend, writeCall, "fmt.Fprintf")
}
