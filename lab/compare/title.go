package compare

import (
	"fmt"
	"path/filepath"
	"strings"

	"dialpath/lab/trace"
)

// Title returns a short name for what was traced: the Go call that a workload
// makes, the command, or the process.
func Title(target trace.Target) string {
	switch {
	case target.Call != "":
		return target.Call
	case target.Workload != "":
		return target.Workload
	case len(target.Command) > 0:
		words := append([]string{filepath.Base(target.Command[0])}, target.Command[1:]...)
		return strings.Join(words, " ")
	case target.PID != 0:
		return fmt.Sprintf("process %d", target.PID)
	}
	return "the whole machine"
}
