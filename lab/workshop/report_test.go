package workshop

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/exercise"
	"dialpath/lab/version"
)

func TestReport(t *testing.T) {
	t.Parallel()
	f, e := begun(t)
	if _, err := f.Report("gopher", false); err == nil {
		t.Error("nothing was done, and there is a report of it")
	}
	record := Record{Passed: true, Checks: 2, First: []Guess{{Key: "packets-sent", Counted: 1}}, Kernel: "6.12", At: time.Date(2026, 11, 25, 15, 4, 5, 0, time.UTC)}
	if err := f.Save(Progress{e.Name: record}); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(f.Path(e), exercise.SheetName), "packets-sent = 1")
	for _, source := range []bool{false, true} {
		r, err := f.Report("gopher", source)
		if err != nil {
			t.Fatal(err)
		}
		want := []Entry{{Number: 2, Name: e.Name, Record: record, Predicted: exercise.Prediction{"packets-sent": 1}}}
		if source {
			want[0].Source = string(e.Program())
		}
		if diff := cmp.Diff(want, r.Exercises); diff != "" || r.Learner != "gopher" || !strings.HasPrefix(r.Go, "go1.") ||
			r.Lab != version.Lab() || r.LabGo != runtime.Version() {
			t.Errorf("learner %q, Go %q, lab %q by Go %q (-want +got):\n%s", r.Learner, r.Go, r.Lab, r.LabGo, diff)
		}
		name := filepath.Join(t.TempDir(), "report.json")
		if err := r.Write(name); err != nil {
			t.Fatal(err)
		}
		again, err := ReadReport(name)
		if diff := cmp.Diff(r, again); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

// TestOldReport: older labs wrote the version of the Go that built them in the lab's place.
func TestOldReport(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "report.json")
	put(t, name, `{"version": 1, "learner": "gopher", "go": "go1.25.1", "lab": "go1.26.8", "system": "linux/amd64", "exercises": null}`)
	got, err := ReadReport(name)
	want := Report{Version: 1, Learner: "gopher", Go: "go1.25.1", LabGo: "go1.26.8", System: "linux/amd64"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestReadReportRefuses(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "report.json")
	for text, want := range map[string]string{
		"":                "it is no report of a workshop: unexpected end of JSON input",
		"{}":              "it is no report of a workshop: it has no version",
		`{"version": 2}`:  "it has version 2, and this lab reads version 1",
		`{"version": "1"`: "it is no report of a workshop: unexpected end of JSON input",
	} {
		put(t, name, text)
		_, err := ReadReport(name)
		if full := "read report " + name + ": " + want; err == nil || err.Error() != full {
			t.Errorf("%q: error %v, want %s", text, err, full)
		}
	}
	if _, err := ReadReport("/dev/zero"); err == nil {
		t.Error("a device was read")
	}
}

func FuzzParseReport(f *testing.F) {
	f.Add([]byte(`{"version": 1, "exercises": [{"name": "silent-dial", "passed": true}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := parseReport(data); err == nil && !slices.Contains([]int{ReportVersion}, r.Version) {
			t.Errorf("version %d was read", r.Version)
		}
	})
}
