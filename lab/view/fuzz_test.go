package view_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"dialpath/lab/compare"
	"dialpath/lab/exercise"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

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
