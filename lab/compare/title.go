package compare

import (
	"fmt"
	"path/filepath"
	"strings"

	"dialpath/lab/trace"
)

// titles are what the workloads do, in Go's own words.
var titles = map[string]string{
	"dial-tcp":  `net.Dial("tcp")`,
	"dial-udp":  `net.Dial("udp")`,
	"dialudp":   `net.DialUDP("udp")`,
	"listenudp": `net.ListenUDP("udp4")`,
	"write-udp": `fmt.Fprintf(conn)`,
	"read-udp":  `conn.Read(buf)`,
	"echo-udp":  `echo.Client("udp")`,
	"echo-tcp":  `echo.Client("tcp")`,
}

// Title returns a short name for what was traced: the Go call that a workload
// makes, the command, or the process.
func Title(target trace.Target) string {
	switch {
	case titles[target.Workload] != "":
		return titles[target.Workload]
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
