package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"

	"dialpath/lab/recordings"
	"dialpath/lab/trace"
)

// recorded returns the lab's own recording of a workload on 6.12, whose facts are known.
func recorded(t testing.TB, workload string) *trace.Trace {
	t.Helper()
	for _, r := range ours(t, "6.12") {
		if r.Target.Workload == workload {
			return r
		}
	}
	t.Fatalf("there is no recording of %s", workload)
	return nil
}

// ours returns the lab's own recordings of those kernels, of all if none is named.
func ours(t testing.TB, kernels ...string) []*trace.Trace {
	t.Helper()
	if len(kernels) == 0 {
		kernels = recordings.Kernels()
	}
	var all []*trace.Trace
	for _, kernel := range kernels {
		traces, err := recordings.Load(kernel)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, traces...)
	}
	return all
}

// name tells recordings apart.
func name(r *trace.Trace) string { return r.Kernel + " " + r.Target.Workload }

// hostile returns a trace that somebody has made to do harm.
func hostile(t testing.TB) *trace.Trace {
	t.Helper()
	traces, err := trace.Load("../view/testdata/hostile.json")
	if err != nil {
		t.Fatal(err)
	}
	return traces[0]
}

// written returns what a format makes of a trace.
func written(t testing.TB, format string, r *trace.Trace) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := formatOf(t, format).Write(&out, r); err != nil {
		t.Fatalf("%s: %v", name(r), err)
	}
	return out.Bytes()
}

func formatOf(t testing.TB, name string) Format {
	t.Helper()
	i := slices.IndexFunc(Formats(), func(f Format) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("there is no format %s", name)
	}
	return Formats()[i]
}

// TestRecorder: what has room for it names the lab that recorded, with its version, if the
// trace tells.
func TestRecorder(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"": "dialpath", "v1.2.0": "dialpath v1.2.0", "a b": "dialpath a_b"} {
		echo := *recorded(t, "echo-udp")
		echo.Lab = version
		capture, err := pcapgo.NewNgReader(bytes.NewReader(written(t, "pcapng", &echo)), pcapgo.DefaultNgReaderOptions)
		if err != nil {
			t.Fatal(err)
		}
		var chart struct{ OtherData map[string]string }
		if err := json.Unmarshal(written(t, "trace-event", &echo), &chart); err != nil {
			t.Fatal(err)
		}
		got := []string{capture.SectionInfo().Application, chart.OtherData["recorder"], parsed(t, &echo).Comments[0]}
		if diff := cmp.Diff([]string{want, want, want}, got); diff != "" {
			t.Errorf("version %q: in pcapng, trace-event and pprof (-want +got):\n%s", version, diff)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, of, want string }{
		{"folded", "stacks", ""},
		{"pprof", "stacks", ""},
		{"pcapng", "packets", ""},
		{"log", "packets", ""},
		{"trace-event", "times of single calls", ""},
		{"pcapng", "stacks", `unknown format "pcapng": of stacks use text, json, folded, pprof`},
		{"pprof", "packets", `unknown format "pprof": of packets use text, json, pcapng, log`},
		{"", "times of single calls", `unknown format "": of times of single calls use text, json, trace-event`},
		{"pprof", "counts", `unknown format "pprof": counts can be written as text or json only`},
	} {
		f, err := Lookup(c.name, c.of)
		switch {
		case c.want == "" && (err != nil || f.Name != c.name):
			t.Errorf("%s of %s: %q, error %v", c.name, c.of, f.Name, err)
		case c.want != "" && (err == nil || err.Error() != c.want):
			t.Errorf("%s of %s: error %v, want %s", c.name, c.of, err, c.want)
		}
	}
}

// TestWriteAbsent asks for what a trace does not hold. Nothing may be written.
func TestWriteAbsent(t *testing.T) {
	t.Parallel()
	older := &trace.Trace{Packets: []trace.Packet{{Protocol: "TCP", Data: []byte{0x45}}, {Protocol: "TCP"}}}
	for _, c := range []struct {
		format string
		trace  *trace.Trace
		want   string
	}{
		{"folded", &trace.Trace{}, "write folded: the recording has no stacks"},
		{"pprof", &trace.Trace{}, "write pprof: the recording has no stacks"},
		{"pcapng", &trace.Trace{}, "write pcapng: the recording has no packets"},
		{"log", &trace.Trace{}, "write log: the recording has no packets"},
		{"trace-event", &trace.Trace{}, "write trace-event: the recording has no times of single calls"},
		{"pcapng", older, "write pcapng: the recording holds no bytes of its packets: it was made by an older lab"},
		{"log", older, "write log: the recording holds no bytes of its packets: it was made by an older lab"},
	} {
		var out bytes.Buffer
		if err := formatOf(t, c.format).Write(&out, c.trace); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s: %q was written", c.format, out.String())
		}
	}
}

// TestWriteNothing writes recordings in which nothing happened: that is a fact, too.
func TestWriteNothing(t *testing.T) {
	t.Parallel()
	nothing := &trace.Trace{Stacks: []trace.Stack{}, Packets: []trace.Packet{}, Wakeups: []trace.Wakeup{}}
	for _, f := range Formats() {
		if out := written(t, f.Name, nothing); (f.Name == "folded" || f.Name == "log") != (len(out) == 0) {
			t.Errorf("%s: %q", f.Name, out)
		}
	}
}

func TestWriteFails(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	for _, f := range Formats() {
		err := f.Write(failing{full}, recorded(t, "dial-tcp"))
		if !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "write "+f.Name+": ") {
			t.Errorf("%s: error %v", f.Name, err)
		}
	}
}

type failing struct{ error }

func (f failing) Write([]byte) (int, error) { return 0, f.error }

// TestHostile writes a hostile trace in all formats: no text may move a cursor.
func TestHostile(t *testing.T) {
	t.Parallel()
	bad := hostile(t)
	for i := range bad.Packets {
		bad.Packets[i].Data = []byte{0x45, 0xff, 0xff}
	}
	bad.Softirqs = []trace.Softirq{{Time: -1 << 63, Duration: -1, Role: "\x1b[2J", Context: "a\nb"}}
	bad.Wakeups = []trace.Wakeup{{Time: 1<<63 - 1, Waker: trace.Thread{Comm: "\x1b[31m\xff"}, WakerRole: "\x9b2J"}}
	for _, f := range Formats() {
		out := written(t, f.Name, bad)
		if f.Binary {
			continue
		}
		for _, r := range string(out) {
			if r != '\n' && !unicode.IsPrint(r) && f.Name != "trace-event" || unicode.IsControl(r) && r != '\n' && r < 0x80 {
				t.Errorf("%s: %q is in %q", f.Name, r, out)
			}
		}
	}
}

// FuzzWrite writes whatever can be read as a trace, in all formats.
func FuzzWrite(f *testing.F) {
	var seed bytes.Buffer
	small := *recorded(f, "echo-udp")
	small.Functions, small.Entries, small.Stacks, small.Wakeups, small.Syscalls = nil, small.Entries[:3], small.Stacks[:1], small.Wakeups[:2], small.Syscalls[:3]
	if err := trace.Write(&seed, &small, hostile(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		traces, err := trace.Read(bytes.NewReader(data))
		if err != nil {
			t.Skip("no trace")
		}
		for _, r := range traces {
			for _, format := range Formats() {
				format.Write(io.Discard, r) // it may fail, but not panic
			}
		}
	})
}

// FuzzWritePackets writes packets that hold any bytes at all.
func FuzzWritePackets(f *testing.F) {
	for _, w := range []string{"echo-udp", "dial-tcp", "nobody-udp"} {
		for _, p := range recorded(f, w).Packets {
			f.Add(p.Data, p.Length, p.Time, p.Device, string(p.Direction))
		}
	}
	f.Add([]byte{0x40, 0, 0, 0}, -1, int64(-1), "", "")
	f.Add([]byte{0x60, 0, 0, 0}, 1<<40, int64(1<<62), strings.Repeat("x", 1<<16), "in")
	f.Fuzz(func(t *testing.T, data []byte, length int, at int64, device, direction string) {
		p := trace.Packet{Data: data, Length: length, Time: at, Device: device, Direction: trace.Direction(direction)}
		r := &trace.Trace{Packets: []trace.Packet{p, p}, Wakeups: []trace.Wakeup{}}
		if len(data) == 0 {
			return
		}
		for _, format := range []string{"log", "pcapng", "trace-event"} {
			out := written(t, format, r)
			if format == "log" && bytes.Count(out, []byte("\n")) != 2 {
				t.Errorf("two packets are %q", out)
			}
			if format == "pcapng" {
				if got := capture(t, out); len(got) != 2 {
					t.Errorf("%d packets are read, want 2", len(got))
				}
			}
		}
	})
}

func count(lines []string, word string) (n int) {
	for _, line := range lines {
		n += strings.Count(line, word)
	}
	return n
}

func lines(out []byte) []string {
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}
