package tour

import "strings"

// A Try is what to do next: arguments of the lab, and what they show.
type Try struct {
	Args string `json:"args"`
	What string `json:"what"`
}

// Replay returns what to try for those who look at recordings: the same of recordings,
// which takes no root. Where names the recording of a workload.
func (t Try) Replay(where func(workload string) string) Try {
	words := strings.Fields(t.Args)
	last := words[len(words)-1]
	switch words[0] {
	case "compare":
		t.Args = "compare -r " + where(words[1]) + " " + where(words[2])
	case "packets", "stack":
		t.Args = words[0] + " -r " + where(last)
	case "step":
		t = Try{"timeline -r " + where(last), "the program's system calls in order of time, with what the kernel did in each"}
	}
	return t
}
