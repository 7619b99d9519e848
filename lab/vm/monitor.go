package vm

import (
	"encoding/json"
	"io"
)

// QEMU tells over its monitor (QMP: a JSON object a line) what becomes of a guest. One
// that is stopped by itself stays there for ever: KVM stops it when it can go no further,
// and QEMU neither ends nor lets it go on.

// A report is what QEMU says: an event, or the answer to a question.
type report struct {
	Event  string `json:"event"`
	Return struct {
		Status string `json:"status"`
	} `json:"return"`
}

// watchMonitor returns a channel that gets QEMU's word for why the guest was stopped, as
// "internal-error", if it is. Nobody but QEMU stops one here.
func watchMonitor(monitor io.ReadWriter) chan string {
	stopped := make(chan string, 1)
	go func() {
		said := json.NewDecoder(monitor)
		ask := func(what string) { io.WriteString(monitor, `{"execute":"`+what+`"}`+"\n") } // it may be gone
		ask("qmp_capabilities")
		for {
			var r report
			if said.Decode(&r) != nil {
				return
			}
			if r.Event == "STOP" {
				ask("query-status")
			}
			if r.Return.Status != "" {
				stopped <- r.Return.Status
				return
			}
		}
	}()
	return stopped
}
