package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"dialpath/lab/ring"
	"dialpath/lab/trace"
)

// A frame is a packet as others read it.
type frame struct {
	gopacket.CaptureInfo
	data    []byte
	adapter string
	options pcapgo.NgPacketOptions
}

// capture reads a file as gopacket does.
func capture(t *testing.T, file []byte) []frame {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.NgReaderOptions{ErrorOnMismatchingLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.LinkType() != layers.LinkTypeRaw {
		t.Errorf("link type %v, want raw IP", r.LinkType())
	}
	var all []frame
	for {
		data, info, options, err := r.ReadPacketDataWithOptions()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		adapter, err := r.Interface(info.InterfaceIndex)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, frame{info, data, adapter.Name, options})
	}
}

// TestPcapng reads packets back: they are what was recorded, to the nanosecond.
func TestPcapng(t *testing.T) {
	t.Parallel()
	for _, r := range ours(t) {
		got := capture(t, written(t, "pcapng", r))
		want := sorted(r.Packets)
		if len(got) != len(want) {
			t.Fatalf("%s: %d packets, want %d", name(r), len(got), len(want))
		}
		for i, p := range want {
			f := got[i]
			inbound := f.options.Flags.Direction == pcapgo.NgEpbFlagDirectionInbound
			if !bytes.Equal(f.data, p.Data) || f.Length != p.Length || f.Timestamp.UnixNano() != p.Time ||
				f.adapter != string(p.Role)+" "+p.Device || inbound != (p.Direction == "in") {
				t.Errorf("%s: packet %d is %+v, want %+v", name(r), i+1, f, p)
			}
			packet := gopacket.NewPacket(f.data, layers.LinkTypeRaw, gopacket.Default)
			if err := packet.ErrorLayer(); err != nil {
				t.Errorf("%s: packet %d: %v", name(r), i+1, err.Error())
			}
			if p.Protocol == "TCP" && packet.Layer(layers.LayerTypeTCP) == nil || p.Protocol == "UDP" && packet.Layer(layers.LayerTypeUDP) == nil {
				t.Errorf("%s: packet %d is no %s: %v", name(r), i+1, p.Protocol, packet)
			}
		}
	}
}

func TestDepartures(t *testing.T) {
	t.Parallel()
	packet := func(device string, direction trace.Direction, data string) trace.Packet {
		return trace.Packet{Device: device, Direction: direction, Data: []byte(data)}
	}
	for _, c := range []struct {
		what    string
		packets []trace.Packet
		want    []int
	}{
		{"there and back", []trace.Packet{packet("a", "out", "1"), packet("b", "in", "1"), packet("b", "out", "2"), packet("a", "in", "2")}, []int{-1, 0, -1, 2}},
		{"twice the same", []trace.Packet{packet("a", "out", "1"), packet("a", "out", "1"), packet("b", "in", "1"), packet("b", "in", "1"), packet("b", "in", "1")}, []int{-1, -1, 0, 1, -1}},
		{"from elsewhere", []trace.Packet{packet("a", "in", "1"), packet("b", "out", "1")}, []int{-1, -1}},
		{"on loopback", []trace.Packet{packet("lo", "out", "1"), packet("lo", "in", "1")}, []int{-1, 0}},
		{"without bytes", []trace.Packet{packet("a", "out", ""), packet("b", "in", "")}, []int{-1, -1}},
	} {
		if diff := cmp.Diff(c.want, departures(c.packets)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// TestTshark has tshark tell what is in a file.
func TestTshark(t *testing.T) {
	ring.Tshark(t)
	dial := pcapFile(t, recorded(t, "dial-tcp"))
	const (
		client = `client veth0`
		server = `server veth1`
		out    = "0x00000002"
		in     = "0x00000001"
	)
	got := tshark(t, "-r", dial, "-T", "fields", "-e", "frame.interface_name", "-e", "frame.packet_flags_direction", "-e", "tcp.flags.str", "-e", "frame.comment")
	want := []string{}
	for i, p := range []struct{ from, to, flags, left, arrived string }{
		{client, server, "··········S·", "client, process", "server, NET_RX"},
		{server, client, "·······A··S·", "server, NET_RX", "client, NET_RX"},
		{client, server, "·······A····", "client, process", "server, NET_RX"},
		{client, server, "·······A···F", "client, process", "server, NET_RX"},
		{server, client, "·······A····", "server, TIMER", "client, NET_RX"},
		{server, client, "·······A···F", "server, process", "client, NET_RX"},
		{client, server, "·······A····", "client, NET_RX", "server, NET_RX"},
	} {
		want = append(want,
			strings.Join([]string{p.from, out, p.flags, p.left}, "\t"),
			strings.Join([]string{p.to, in, p.flags, fmt.Sprintf("%s: packet %d again, where it arrived", p.arrived, 2*i+1)}, "\t"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tshark reads (-want +got):\n%s", diff)
	}

	// One side alone is what was seen at one device, which no analysis finds fault with.
	alone := filepath.Join(t.TempDir(), "client.pcapng")
	tshark(t, "-r", dial, "-Y", `frame.interface_name == "client veth0"`, "-w", alone)
	if got := tshark(t, "-r", alone, "-Y", "tcp"); len(got) != 7 {
		t.Errorf("the client's side has %d packets, want 7:\n%s", len(got), strings.Join(got, "\n"))
	}
	if got := tshark(t, "-r", alone, "-Y", "tcp.analysis.flags || _ws.malformed"); len(got) != 0 {
		t.Errorf("tshark finds fault with\n%s", strings.Join(got, "\n"))
	}
}

// TestTsharkRecordings looks for packets that tshark cannot dissect. Files that are put
// together are one: to start tshark for each takes long.
func TestTsharkRecordings(t *testing.T) {
	ring.Tshark(t)
	var all []byte
	var want []string
	for _, r := range ours(t, "6.12") {
		if len(r.Packets) == 0 {
			continue
		}
		all = append(all, written(t, "pcapng", r)...)
		for i := range r.Packets {
			want = append(want, fmt.Sprintf("%s, packet %d: ", name(r), i+1))
		}
	}
	file := filepath.Join(t.TempDir(), "all.pcapng")
	if err := os.WriteFile(file, all, 0o644); err != nil {
		t.Fatal(err)
	}
	got := tshark(t, "-r", file, "-T", "fields", "-e", "frame.number", "-e", "ip.version", "-e", "_ws.malformed")
	if len(got) != len(want) || len(want) < 50 {
		t.Fatalf("%d packets, want %d", len(got), len(want))
	}
	for i, line := range got {
		// The packet that an ICMP message is about has a version, too.
		number, dissected, _ := strings.Cut(line, "\t")
		if number != fmt.Sprint(i+1) || dissected != "4\t" && dissected != "4,4\t" {
			t.Errorf("%stshark finds fault with it: %q", want[i], line)
		}
	}
}

// TestTsharkHostile has tshark read what a hostile trace is made into: the file must be
// whole, whatever the packets are.
func TestTsharkHostile(t *testing.T) {
	ring.Tshark(t)
	bad := hostile(t)
	bad.Packets[0].Data = bytes.Repeat([]byte{0x45}, 1000)
	bad.Packets = append(bad.Packets, trace.Packet{Data: []byte{0xff}, Time: 1<<63 - 1, Length: 1 << 40, Device: strings.Repeat("x", 1<<17)})
	var frames []struct {
		Source struct{ Layers map[string][]string } `json:"_source"`
	}
	out := tshark(t, "-r", pcapFile(t, bad), "-T", "json", "-e", "frame.cap_len", "-e", "frame.interface_name")
	if err := json.Unmarshal([]byte(strings.Join(out, "\n")), &frames); err != nil {
		t.Fatal(err)
	}
	if len(frames) != 2 || frames[0].Source.Layers["frame.cap_len"][0] != "127" || frames[0].Source.Layers["frame.interface_name"][0] != "tra_cee ve_[2Jth" {
		t.Errorf("tshark reads %s", strings.Join(out, "\n"))
	}
}

func pcapFile(t *testing.T, r *trace.Trace) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "packets.pcapng")
	if err := os.WriteFile(file, written(t, "pcapng", r), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// tshark returns the lines that tshark writes. It reads no configuration.
func tshark(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "tshark", args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C.UTF-8")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	if len(out) == 0 {
		return nil
	}
	return lines(out)
}
