package view_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/compare"
	"dialpath/lab/exercise"
	"dialpath/lab/kernel"
	own "dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

var update = flag.Bool("update", false, "write the golden files anew")

// load reads a recording of testdata. The tests ask nothing of a recording but
// what its name says, so a newer one can take its place; then run with -update.
func load(t testing.TB, name string) *trace.Trace {
	t.Helper()
	read, err := trace.Load(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return read[0]
}

// shown maps the name of each golden file to what it holds.
var shown = map[string]func(testing.TB, io.Writer) error{}

func init() {
	type viewer func(io.Writer, *trace.Trace, view.Style) error
	for name, v := range map[string]viewer{
		"header": view.Header, "honesty": view.Honesty, "count": view.Count, "stack": view.Stacks,
		"packets": view.Packets, "syscalls": view.Syscalls, "hooks": view.Hooks,
	} {
		for _, recording := range []string{"dial-tcp", "dialudp", "tracepoint", "hostile"} {
			shown[name+"-"+recording] = func(t testing.TB, w io.Writer) error {
				return v(w, load(t, recording), view.Style{})
			}
		}
	}
	for _, pair := range [][2]string{{"dial-tcp", "dialudp"}, {"dial-udp", "dialudp"}, {"dialudp", "tracepoint"}, {"dial-tcp", "hostile"}} {
		shown["compare-"+pair[0]+"-"+pair[1]] = func(t testing.TB, w io.Writer) error {
			return view.Compare(w, compare.Compare(load(t, pair[0]), load(t, pair[1])), view.Style{})
		}
	}
	for name, whole := range map[string]bool{"echo-udp": false, "echo-tcp": false, "dialudp": false, "dialudp-all": true} {
		shown["timeline-"+name] = func(t testing.TB, w io.Writer) error {
			return view.Timeline(w, recordings(t, "kprobe.multi")[strings.TrimSuffix(name, "-all")], whole, view.Style{})
		}
	}
	shown["timeline-explained"] = func(t testing.TB, w io.Writer) error {
		return view.TimelineExplained(w, recordings(t, "kprobe.multi")["dialudp"], false, view.Style{})
	}
	shown["count-explained"] = func(t testing.TB, w io.Writer) error {
		return view.CountExplained(w, load(t, "dialudp"), view.Style{})
	}
	for _, backend := range []string{"kprobe.multi", "tracepoint"} {
		shown["tour-"+backend] = func(t testing.TB, w io.Writer) error {
			return writeTour(w, recordings(t, backend), view.Style{Lab: "bin/lab"})
		}
	}
	shown["claims"] = func(_ testing.TB, w io.Writer) error { return view.Claims(w, tour.Claims(), view.Style{}) }
	shown["tour-colour"] = func(t testing.TB, w io.Writer) error {
		return writeTour(w, recordings(t, "kprobe.multi"), view.Style{Color: true})
	}
}

// recordings returns what the tour needs, by workload: as kprobe.multi has seen it, or
// what little of it tracepoints have.
func recordings(t testing.TB, backend string) map[string]*trace.Trace {
	all := map[string]*trace.Trace{}
	if backend == "tracepoint" {
		all["dial-tcp"], all["dialudp"] = load(t, "dial-tcp"), load(t, "tracepoint")
		return all
	}
	traces, err := ownRecordings()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range traces {
		all[one.Target.Workload] = one
	}
	return all
}

// ownRecordings are the lab's own, which nobody here may change: to read them takes time.
var ownRecordings = sync.OnceValues(func() ([]*trace.Trace, error) { return own.Load("6.12") })

func writeTour(w io.Writer, recordings map[string]*trace.Trace, style view.Style) error {
	var results []tour.Result
	for _, c := range tour.Claims() {
		results = append(results, tour.Result{Claim: c, Verdict: tour.Judge(c, recordings)})
	}
	return errors.Join(view.Results(w, results, recordings, style), view.Summary(w, results, "tour", style))
}

// TestSummary: one claim's verdict is where it was; of several, each has its line. A stack
// that two claims rest on is shown once.
func TestSummary(t *testing.T) {
	all := recordings(t, "kprobe.multi")
	for _, test := range []struct {
		numbers []int
		lines   []string
	}{
		{[]int{14}, []string{"1 claim: ≠ 1 holds under other names"}},
		{[]int{14, 13}, []string{
			"In short (one claim with all that was measured: lab tour -r 6.12 14):",
			"14 ≠ Receiving in a server  __skb_recv_udp in recvfrom(2), by ReadFrom",
			"13 ≠ Whom to answer         Read: no address; ReadFrom: 10.0.0.1:36895",
			"",
			"2 claims: ≠ 2 hold under other names",
		}},
	} {
		claims, err := tour.Select(test.numbers...)
		if err != nil {
			t.Fatal(err)
		}
		var results []tour.Result
		for _, c := range claims {
			results = append(results, tour.Result{Claim: c, Verdict: tour.Judge(c, all)})
		}
		var shown, short bytes.Buffer
		if err := errors.Join(view.Results(&shown, results, all, view.Style{}), view.Summary(&short, results, "tour -r 6.12", view.Style{})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("\n"+strings.Join(test.lines, "\n")+"\n", short.String()); diff != "" {
			t.Errorf("claims %v (-want +got):\n%s", test.numbers, diff)
		}
		if n := strings.Count(shown.String(), "        udp_recvmsg  "); n != 1 {
			t.Errorf("claims %v: their stack is shown %d times:\n%s", test.numbers, n, shown.String())
		}
		const named = `
   PID     TID     COMM            FUNC
   256     256     echo-udp        __skb_recv_udp
           the stack of claim 14, above; here it shows this:
           ReadFrom: recvfrom(2) told 10.0.0.1:36895, and the answer went there

   ✓ holds here
`
		if n := strings.Count(shown.String(), named); n != len(claims)-1 {
			t.Errorf("claims %v: the stack is named %d times:\n%s", test.numbers, n, shown.String())
		}
	}
}

func TestGolden(t *testing.T) {
	for name, show := range shown {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := show(t, &got); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v: make it with go test ./lab/view -update", err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("not as in %s (-want +got):\n%s", file, diff)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if shown[strings.TrimSuffix(filepath.Base(file), ".golden")] == nil {
			t.Errorf("%s belongs to no test", file)
		}
	}
}

// TestLines holds what every view promises of its lines.
func TestLines(t *testing.T) {
	for name, show := range shown {
		var got bytes.Buffer
		if err := show(t, &got); err != nil {
			t.Fatal(err)
		}
		checkLines(t, name, got.String(), name == "tour-colour")
	}
}

func checkLines(t *testing.T, name, text string, colour bool) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: not UTF-8", name)
	}
	if colour {
		text = uncolour(text)
	}
	for i, line := range strings.Split(text, "\n") {
		if n := utf8.RuneCountInString(line); n > view.Width {
			t.Errorf("%s: line %d has %d columns: %s", name, i+1, n, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%s: line %d ends in a space: %q", name, i+1, line)
		}
		if at := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x202e }); at >= 0 {
			t.Errorf("%s: line %d has a control character: %q", name, i+1, line)
		}
	}
}

func uncolour(text string) string {
	for _, code := range []string{"0", "1", "31", "32", "33"} {
		text = strings.ReplaceAll(text, "\x1b["+code+"m", "")
	}
	return text
}

// TestAbsent holds that what was not recorded is not shown as what did not happen.
func TestAbsent(t *testing.T) {
	for _, test := range []struct {
		what   string
		view   func(io.Writer, *trace.Trace, view.Style) error
		absent bool // a trace in which the list is nil
		want   string
	}{
		{"packets", view.Packets, true, "This trace holds no packets: they were not recorded."},
		{"stacks", view.Stacks, true, "This trace holds no stacks: they were not recorded."},
		{"counts", view.Count, true, "This trace holds no counts: they were not recorded."},
		{"hooks", view.Hooks, true, "This trace holds no calls of the four functions: they were not recorded."},
		{"system calls", view.Syscalls, true, "This trace holds no system calls: they were not recorded."},
		{"moments", timeline, true, "This trace holds no times of single calls: they were not recorded."},
		{"moments", timeline, false, "Nothing happened."},
		{"packets", view.Packets, false, "No packets."},
		{"stacks", view.Stacks, false, "None of the functions ran."},
		{"counts", view.Count, false, "None of the functions ran."},
		{"hooks", view.Hooks, false, "None of the four functions was called."},
		{"system calls", view.Syscalls, false, "No network system calls."},
	} {
		read := new(trace.Trace)
		if !test.absent {
			read = &trace.Trace{
				Functions: []trace.Function{}, Hooks: []trace.Hook{}, Stacks: []trace.Stack{},
				Packets: []trace.Packet{}, Syscalls: []trace.Syscall{}, Wakeups: []trace.Wakeup{},
			}
		}
		var got bytes.Buffer
		if err := test.view(&got, read, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if got.String() != "\n"+test.want+"\n" {
			t.Errorf("%s, absent %v: %q, want %q", test.what, test.absent, got.String(), test.want)
		}
	}
}

// TestMissedUnknown holds that a kernel that does not count missed hits is not
// taken for one that missed none.
func TestMissedUnknown(t *testing.T) {
	const line = "\nmissed hits: unknown, this kernel does not count them (6.7 does)\n"
	for _, test := range []struct {
		backend kernel.Backend
		known   bool
		want    bool
	}{
		{"kprobe.multi", false, true},
		{"kprobe", false, true},
		{"kprobe", true, false},
		{"fentry", false, false},
		{"tracepoint", false, false},
	} {
		read := load(t, "dial-tcp")
		read.Backend.Name, read.Honesty.MissedKnown = test.backend, test.known
		var got bytes.Buffer
		if err := view.Honesty(&got, read, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got.String(), line) != test.want {
			t.Errorf("%s, known %v: %s", test.backend, test.known, got.String())
		}
	}
}

// TestColour holds that colour changes nothing but colour.
func TestColour(t *testing.T) {
	var plain, colour bytes.Buffer
	if err := writeTour(&plain, recordings(t, "kprobe.multi"), view.Style{}); err != nil {
		t.Fatal(err)
	}
	if err := writeTour(&colour, recordings(t, "kprobe.multi"), view.Style{Color: true}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plain.String(), uncolour(colour.String())); diff != "" {
		t.Errorf("(-plain +coloured):\n%s", diff)
	}
	if plain.String() == colour.String() {
		t.Error("nothing was coloured")
	}
}

// fullDisk fails at the given byte.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteErrors(t *testing.T) {
	for name, show := range shown {
		var whole bytes.Buffer
		if err := show(t, &whole); err != nil {
			t.Fatal(err)
		}
		for _, room := range []int{0, whole.Len() / 2, whole.Len() - 1} {
			if err := show(t, &fullDisk{room}); !errors.Is(err, errFull) {
				t.Errorf("%s, disk full at byte %d: got error %v", name, room, err)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	var got bytes.Buffer
	if err := view.JSON(&got, load(t, "dialudp")); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("testdata/dialudp.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(file), got.String()); diff != "" {
		t.Errorf("a trace's JSON is its file (-file +got):\n%s", diff)
	}
}

// FuzzViews holds that no trace that can be read brings a view, a comparison or
// the tour down, or slips a control character through.
func FuzzViews(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(hostileTimes))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := trace.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		read := all[0]
		var out bytes.Buffer
		for _, v := range []func(io.Writer, *trace.Trace, view.Style) error{
			view.Header, view.Honesty, view.Count, view.CountExplained, view.Stacks, view.Packets, view.Syscalls, view.Hooks, timeline,
			func(w io.Writer, t *trace.Trace, style view.Style) error {
				return view.TimelineExplained(w, t, true, style)
			},
			func(w io.Writer, t *trace.Trace, style view.Style) error {
				return view.Recordings(w, []*trace.Trace{t}, style)
			},
		} {
			if err := v(&out, read, view.Style{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, all := range []bool{true, false} {
			if err := view.Tree(&out, read, all, view.Style{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []compare.Comparison{compare.Compare(read, read), compare.Compare(read, all[len(all)-1]).Diff()} {
			if err := view.Compare(&out, c, view.Style{}); err != nil {
				t.Fatal(err)
			}
		}
		everywhere := map[string]*trace.Trace{}
		for _, r := range tour.ToRecord(tour.Claims()) {
			everywhere[r.Workload] = read
		}
		if err := writeTour(&out, everywhere, view.Style{}); err != nil {
			t.Fatal(err)
		}
		for _, e := range exercise.All() {
			if err := view.Graded(&out, e, e.Judge(read, nil), ownAll, view.Style{}); err != nil {
				t.Fatal(err)
			}
		}
		if at := bytes.IndexFunc(out.Bytes(), func(r rune) bool { return r != '\n' && r < ' ' || r == 0x7f }); at >= 0 {
			t.Errorf("a control character got through: %q", out.Bytes()[max(0, at-20):at+1])
		}
	})
}
