package view

import (
	"fmt"
	"io"

	"dialpath/lab/trace"
)

// Recordings writes a line for each recording: what was run, and how much was seen of it.
func Recordings(w io.Writer, traces []*trace.Trace, style Style) error {
	p := begin(w, style)
	tab := table{left: 1}
	tab.head("WORKLOAD", "CALLS", "STACKS", "PACKETS", "SYSCALLS", "WAKE-UPS")
	for _, t := range traces {
		tab.add(clean(t.Target.Workload), fmt.Sprint(t.Counted()), fmt.Sprint(len(t.Stacks)),
			fmt.Sprint(len(t.Packets)), fmt.Sprint(len(t.Syscalls)), fmt.Sprint(len(t.Wakeups)))
	}
	tab.write(p)
	return p.err
}
