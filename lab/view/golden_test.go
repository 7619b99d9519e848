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

func TestGolden(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
