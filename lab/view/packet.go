package view

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"dialpath/lab/trace"
)

// Packets writes one line for each packet, in order of time and in the form of
// the article's iptables log: the clock is that of dmesg, in seconds. If there are
// packets of more than one role, each line begins with its role. Lines with IPv6
// addresses may be longer than 80 columns.
func Packets(w io.Writer, t *trace.Trace, style Style) error {
	p := begin(w, style)
	packets := slices.Clone(t.Packets)
	slices.SortStableFunc(packets, func(a, b trace.Packet) int { return cmp.Compare(a.Time, b.Time) })
	switch {
	case t.Packets == nil:
		p.absent("packets")
	case len(packets) == 0:
		p.line("No packets.")
	}
	writePackets(p, packets)
	return p.err
}

func writePackets(p *printer, packets []trace.Packet) {
	role := 0 // columns for the role, if roles must be told apart
	for _, packet := range packets {
		if packet.Role != packets[0].Role {
			role = 7
		}
	}
	for _, packet := range packets {
		lead := ""
		if role > 0 {
			lead = fmt.Sprintf("%-*s", role, clip(clean(string(packet.Role)), role-1))
		}
		p.line("%s%s", lead, logLine(packet))
	}
}

func logLine(packet trace.Packet) string {
	in, out := "", clean(packet.Device)
	if packet.Direction == trace.In {
		in, out = out, ""
	}
	what := fmt.Sprintf("LEN=%d", packet.Length)
	if packet.Protocol == trace.TCP {
		what = packet.Flags.String()
	}
	return fmt.Sprintf("[%5d.%06d] [%s] IN=%s OUT=%s SRC=%s DST=%s %s",
		packet.Time/1e9, max(0, packet.Time%1e9/1e3), clean(string(packet.Protocol)), in, out,
		host(packet.Source), host(packet.Dest), what)
}

// host is the address alone, without a port; nothing if there is none.
func host(a netip.AddrPort) string {
	if !a.Addr().IsValid() {
		return ""
	}
	return clean(a.Addr().String())
}
