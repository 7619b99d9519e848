package export

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"dialpath/lab/trace"
)

// log writes the packets as the kernel's log has them when a rule of iptables ends in -j
// LOG, with the clock of dmesg before: the form of the article. (From net/netfilter/
// nf_log_syslog.c. What a recording has not is left out: the hardware addresses after MAC=.)
func log(w io.Writer, t *trace.Trace) error {
	out := bufio.NewWriter(w)
	for _, p := range sorted(t.Packets) {
		if len(p.Data) == 0 {
			return errNoBytes
		}
		in, way := "", clean(p.Device)
		if p.Direction == "in" {
			in, way = way, ""
		}
		fmt.Fprintf(out, "[%5d.%06d] [%s] IN=%s OUT=%s %s\n", p.Time/1e9, max(0, p.Time%1e9/1e3), clean(p.Protocol), in, way, headers(p.Data))
	}
	return out.Flush()
}

// headers says what the log says of a packet's headers, whole or cut off.
func headers(data []byte) string {
	first := layers.LayerTypeIPv4
	if len(data) > 0 && data[0]>>4 == 6 {
		first = layers.LayerTypeIPv6
	}
	var words []string
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	for _, layer := range gopacket.NewPacket(data, first, gopacket.NoCopy).Layers() {
		switch h := layer.(type) {
		case *layers.IPv4:
			add("SRC=%s DST=%s LEN=%d TOS=0x%02X PREC=0x%02X TTL=%d ID=%d", h.SrcIP, h.DstIP, h.Length, h.TOS&0x1e, h.TOS&0xe0, h.TTL, h.Id)
			for _, flag := range []struct {
				bit  layers.IPv4Flag
				name string
			}{{layers.IPv4EvilBit, "CE"}, {layers.IPv4DontFragment, "DF"}, {layers.IPv4MoreFragments, "MF"}} {
				if h.Flags&flag.bit != 0 {
					add("%s", flag.name)
				}
			}
			if h.FragOffset > 0 {
				add("FRAG:%d", h.FragOffset)
			}
		case *layers.IPv6:
			add("SRC=%s DST=%s LEN=%d TC=%d HOPLIMIT=%d FLOWLBL=%d", long(h.SrcIP), long(h.DstIP), int(h.Length)+40, h.TrafficClass, h.HopLimit, h.FlowLabel)
		case *layers.TCP:
			add("PROTO=TCP SPT=%d DPT=%d WINDOW=%d RES=0x%02x", uint16(h.SrcPort), uint16(h.DstPort), h.Window, h.Contents[12]&0x0f<<2)
			add("%s", strings.Join(append(tcpFlags(h), fmt.Sprintf("URGP=%d", h.Urgent)), " "))
		case *layers.UDP:
			add("PROTO=UDP SPT=%d DPT=%d LEN=%d", uint16(h.SrcPort), uint16(h.DstPort), h.Length)
		case *layers.ICMPv4:
			add("PROTO=ICMP TYPE=%d CODE=%d", h.TypeCode.Type(), h.TypeCode.Code())
			if h.TypeCode.Type() == layers.ICMPv4TypeDestinationUnreachable {
				add("[%s ]", headers(h.Payload)) // the packet that it complains of
			}
		}
	}
	return strings.Join(words, " ")
}

// tcpFlags names the flags that are set, in the kernel's order.
func tcpFlags(h *layers.TCP) []string {
	var names []string
	for _, flag := range []struct {
		set  bool
		name string
	}{{h.CWR, "CWR"}, {h.ECE, "ECE"}, {h.URG, "URG"}, {h.ACK, "ACK"}, {h.PSH, "PSH"}, {h.RST, "RST"}, {h.SYN, "SYN"}, {h.FIN, "FIN"}} {
		if flag.set {
			names = append(names, flag.name)
		}
	}
	return names
}

// long writes an IPv6 address with all its zeros, as the log does.
func long(ip net.IP) string {
	address, _ := netip.AddrFromSlice(ip.To16())
	return address.StringExpanded()
}
