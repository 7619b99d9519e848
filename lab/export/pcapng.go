package export

import (
	"fmt"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"dialpath/lab/trace"
)

// pcapng writes the packets as they were captured: from the IP header on, cut off after
// the headers. Each end's device is an interface of its own, so that a packet that left
// here and arrived there is in the file twice, as it was seen. Wireshark, which does not
// look at interfaces, takes the second for a retransmission: its comment says what it is.
//
// Each packet has its role and its context for a comment. The clock counts from the
// kernel's start.
func pcapng(w io.Writer, t *trace.Trace) error {
	packets, err := captured(t.Packets)
	if err != nil {
		return err
	}
	out, numbers, err := interfaces(w, t, packets)
	if err != nil {
		return err
	}
	left := departures(packets)
	for i, p := range packets {
		info := gopacket.CaptureInfo{
			Timestamp: time.Unix(0, max(0, p.Time)), CaptureLength: len(p.Data), Length: max(p.Length, len(p.Data)),
			InterfaceIndex: numbers[device(p)],
		}
		comment := fmt.Sprintf("%s, %s", option(string(p.Role)), option(string(p.Context)))
		if left[i] >= 0 {
			comment += fmt.Sprintf(": packet %d again, where it arrived", left[i]+1)
		}
		err := out.WritePacketWithOptions(info, p.Data, pcapgo.NgPacketOptions{Comments: []string{comment}, Flags: direction(p)})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}

// interfaces begins a file with the devices of the packets, and returns their numbers.
func interfaces(w io.Writer, t *trace.Trace, packets []trace.Packet) (*pcapgo.NgWriter, map[string]int, error) {
	var names []string
	numbers := make(map[string]int)
	for _, p := range packets {
		if _, known := numbers[device(p)]; !known {
			numbers[device(p)] = len(names)
			names = append(names, device(p))
		}
	}
	if len(names) == 0 { // a file has one interface at least
		names = []string{"none"}
	}
	system := "Linux " + option(t.Kernel)
	section := pcapgo.NgSectionInfo{Hardware: option(t.Arch), OS: system, Application: program(t)}
	if len(names) > 1 {
		section.Comment = fmt.Sprintf("Packets are here twice: where they left and where they arrived. To have one side alone, save those with frame.interface_name == %q.", names[0])
	}
	adapter := func(name string) pcapgo.NgInterface {
		return pcapgo.NgInterface{Name: name, OS: system, LinkType: layers.LinkTypeRaw, SnapLength: snapLength, TimestampResolution: 9}
	}
	out, err := pcapgo.NewNgWriterInterface(w, adapter(names[0]), pcapgo.NgWriterOptions{SectionInfo: section})
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names[1:] {
		if _, err := out.AddInterface(adapter(name)); err != nil {
			return nil, nil, err
		}
	}
	return out, numbers, nil
}

func direction(p trace.Packet) *pcapgo.NgEpbFlags {
	flags := pcapgo.NgEpbFlags{Direction: pcapgo.NgEpbFlagDirectionOutbound}
	if p.Direction == trace.In {
		flags.Direction = pcapgo.NgEpbFlagDirectionInbound
	}
	return &flags
}
