package export

import (
	"cmp"
	"errors"
	"slices"

	"dialpath/lab/trace"
)

var errNoBytes = errors.New("the recording holds no bytes of its packets: it was made by an older lab")

// sorted returns packets in order of time.
func sorted(packets []trace.Packet) []trace.Packet {
	return slices.SortedStableFunc(slices.Values(packets), func(a, b trace.Packet) int { return cmp.Compare(a.Time, b.Time) })
}

// captured returns packets in order of time, each with its first bytes: those that the
// lab's own traces hold at most.
func captured(packets []trace.Packet) ([]trace.Packet, error) {
	packets = sorted(packets)
	for i := range packets {
		p := &packets[i]
		if len(p.Data) == 0 {
			return nil, errNoBytes
		}
		p.Data = p.Data[:min(len(p.Data), snapLength)]
	}
	return packets, nil
}

// snapLength is how many bytes of a packet a trace holds at most.
const snapLength = 127

// device names a device: two namespaces may have devices of one name.
func device(p trace.Packet) string { return option(string(p.Role)) + " " + option(p.Device) }

// option is a name as pcapng can hold it, where the length of an option has 16 bits. None
// of the kernel's is so long.
func option(name string) string {
	if len(name) > 1<<10 {
		name = name[:1<<10]
	}
	return clean(name)
}

// departures tells of each packet that arrived which one it was when it left, if that was
// seen as well: the first with the same bytes that has not arrived yet. It is -1 if there
// is none. The packets are in order of time.
func departures(packets []trace.Packet) []int {
	left := make([]int, len(packets))
	underway := make(map[string][]int)
	for i, p := range packets {
		left[i] = -1
		bytes := string(p.Data)
		same := underway[bytes]
		switch {
		case bytes == "":
		case p.Direction != trace.In:
			underway[bytes] = append(same, i)
		case len(same) > 0:
			left[i] = same[0]
			underway[bytes] = same[1:]
		}
	}
	return left
}
