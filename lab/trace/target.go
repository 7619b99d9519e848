package trace

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
)

// A Target says who was traced. At most one of Workload, Command, PID and Exercise is
// set; none of them means every process of the machine.
type Target struct {
	Workload string   `json:"workload,omitempty"`
	Call     string   `json:"call,omitempty" for:"people"` // the Go call that the workload is about
	Times    int      `json:"times,omitempty"`             // how often the workload did its thing
	Command  []string `json:"command,omitempty"`
	PID      int      `json:"pid,omitempty"`
	Output   string   `json:"output,omitempty"` // what the workload's client, or the learner's program, printed

	Server netip.AddrPort `json:"server,omitzero"` // where an exercise's server is

	// Received is what the server at an exercise's other end received, if what is in it
	// matters: datagrams, each whole, or the pieces of a stream, in the order in which they came.
	Received [][]byte `json:"received,omitempty"`

	Exercise string `json:"exercise,omitempty"`           // of the workshop, as silent-dial
	Role     Role   `json:"role,omitempty"`               // of the learner's program in it
	Ended    string `json:"ended,omitempty" for:"people"` // how that program ended, if not with status 0: "exit status 2"
	TimedOut bool   `json:"timedOut,omitempty"`           // it did not end in time, and was killed
}

// Title returns a short name for what was traced, for people: the Go call that a workload
// makes, the command, or the process.
func (t Target) Title() string {
	switch {
	case t.Call != "":
		return t.Call
	case t.Workload != "":
		return t.Workload
	case len(t.Command) > 0:
		words := append([]string{filepath.Base(t.Command[0])}, t.Command[1:]...)
		return strings.Join(words, " ")
	case t.PID != 0:
		return fmt.Sprintf("process %d", t.PID)
	}
	return "the whole machine"
}
