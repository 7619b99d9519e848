package export

import (
	"bufio"
	"fmt"
	"io"

	"dialpath/lab/trace"
)

// log writes the packets as the kernel's log has them when a rule of iptables ends in -j
// LOG, with the clock of dmesg before and the protocol for a prefix: the form of the
// article. What no recording has is left out: the hardware addresses after MAC=.
func log(w io.Writer, t *trace.Trace) error {
	packets, err := captured(t.Packets)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for _, p := range packets {
		in, way := "", clean(p.Device)
		if p.Direction == trace.In {
			in, way = way, ""
		}
		at := max(0, p.Time)
		fmt.Fprintf(out, "[%5d.%06d] [%s] IN=%s OUT=%s %s\n", at/1e9, at%1e9/1e3, clean(string(p.Protocol)), in, way, headers(p))
	}
	return out.Flush()
}
