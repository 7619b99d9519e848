package export

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"dialpath/lab/trace"
)

var errNoBytes = errors.New("the recording holds no bytes of its packets: it was made by an older lab")

// pcapng writes the packets as they were captured: from the IP header on, cut off after
// the headers. Each end's device is an interface of its own, so that a packet that left
// here and arrived there is in the file twice, as it was seen. The clock counts from the
// kernel's start. Each packet has its role and its context for a comment.
func pcapng(w io.Writer, t *trace.Trace) error {
	packets := sorted(t.Packets)
	var devices []trace.Packet
	number := make(map[string]int)
	for _, p := range packets {
		if len(p.Data) == 0 {
			return errNoBytes
		}
		if _, known := number[device(p)]; !known {
			number[device(p)] = len(devices)
			devices = append(devices, p)
		}
	}
	if len(devices) == 0 { // a file has one interface at least
		devices = []trace.Packet{{Role: t.Subject(), Device: "none"}}
	}
	out, err := pcapgo.NewNgWriterInterface(w, captured(devices[0], t), pcapgo.NgWriterOptions{
		SectionInfo: pcapgo.NgSectionInfo{Hardware: t.Arch, OS: "Linux " + t.Kernel, Application: "dialpath"},
	})
	if err != nil {
		return err
	}
	for _, p := range devices[1:] {
		if _, err := out.AddInterface(captured(p, t)); err != nil {
			return err
		}
	}
	for _, p := range packets {
		info := gopacket.CaptureInfo{
			Timestamp: time.Unix(0, p.Time), CaptureLength: len(p.Data), Length: max(p.Length, len(p.Data)),
			InterfaceIndex: number[device(p)],
		}
		err := out.WritePacketWithOptions(info, p.Data, pcapgo.NgPacketOptions{
			Comments: []string{fmt.Sprintf("%s, %s", p.Role, p.Context)}, Flags: direction(p),
		})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// device names an interface: two namespaces may have devices of one name.
func device(p trace.Packet) string { return string(p.Role) + " " + p.Device }

func captured(p trace.Packet, t *trace.Trace) pcapgo.NgInterface {
	return pcapgo.NgInterface{Name: device(p), OS: "Linux " + t.Kernel, LinkType: layers.LinkTypeRaw, SnapLength: snapLength, TimestampResolution: 9}
}

// snapLength is how many bytes of a packet a trace holds at most.
const snapLength = 127

func direction(p trace.Packet) *pcapgo.NgEpbFlags {
	flags := pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionOutbound}
	if p.Direction == "in" {
		flags.Direction = pcapgo.NgEpbFlagDirectionInbound
	}
	return &flags
}
