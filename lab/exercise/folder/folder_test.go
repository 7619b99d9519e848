package folder

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/exercise"
	"dialpath/lab/version"
)

func second(t *testing.T) exercise.Exercise {
	t.Helper()
	e, err := exercise.Lookup("2")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func begun(t *testing.T) (Folder, exercise.Exercise) {
	t.Helper()
	f, e := Folder{filepath.Join(t.TempDir(), "workshop")}, second(t)
	if err := f.Start(e); err != nil {
		t.Fatal(err)
	}
	return f, e
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestStart(t *testing.T) {
	f, e := begun(t)
	want := []string{"README.md", "go.mod", "main.go", "predict.txt"}
	if diff := cmp.Diff(want, names(t, f.Path(e))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	main := filepath.Join(f.Path(e), "main.go")
	put(t, main, "package mine")
	if err := f.Start(e); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(main); string(text) != "package mine" {
		t.Errorf("to start again took the learner's work away: %s", text)
	}
}

func TestStartFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, "")
	err := Folder{file}.Start(second(t))
	if want := "start exercise 2: mkdir " + file + ": not a directory"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestReset(t *testing.T) {
	f, e := begun(t)
	if kept, err := f.Reset(e); kept != "" || err != nil {
		t.Errorf("nothing was changed, and it kept %q: %v", kept, err)
	}
	main := filepath.Join(f.Path(e), "main.go")
	put(t, main, "package mine")
	put(t, filepath.Join(f.Path(e), exercise.SheetName), "packets-sent = 1")
	kept, err := f.Reset(e)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(kept); string(text) != "package mine" {
		t.Errorf("kept in %s: %q", kept, text)
	}
	if kept != main+".1" {
		t.Errorf("kept as %s", kept)
	}
	if text, _ := os.ReadFile(main); string(text) != string(e.Program()) {
		t.Errorf("not the first program: %s", text)
	}
	if p, err := f.Predicted(e); err != nil || p["packets-sent"] != 1 {
		t.Errorf("the predictions are %v, %v", p, err)
	}
	put(t, main, "package another")
	if kept, err := f.Reset(e); err != nil || kept != main+".2" {
		t.Errorf("the second is kept as %s, %v", kept, err)
	}
}

func TestPredicted(t *testing.T) {
	f, e := begun(t)
	sheet := filepath.Join(f.Path(e), exercise.SheetName)
	_, err := f.Predicted(e)
	if want := "predict first: " + sheet + ", line 5: packets-sent waits for your number"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	put(t, sheet, "packets-sent = 4")
	p, err := f.Predicted(e)
	if err != nil || p["packets-sent"] != 4 {
		t.Errorf("got %v, %v", p, err)
	}
	third, _ := exercise.Lookup("3")
	if _, err := f.Predicted(third); !errors.Is(err, ErrNotStarted) {
		t.Errorf("error %v, want that it was not started", err)
	}
}

func TestSource(t *testing.T) {
	f, e := begun(t)
	main, err := filepath.Abs(filepath.Join(f.Path(e), "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, main, "package main\n\nfunc main() {}")
	source := f.Source(e)
	if text, ok := source(main, 3); text != "func main() {}" || !ok {
		t.Errorf("got %q, %v", text, ok)
	}
	for _, line := range []int{-1, 0, 4} {
		if text, ok := source(main, line); ok {
			t.Errorf("line %d is %q", line, text)
		}
	}
	if _, ok := source("/usr/local/go/src/net/dial.go", 1); ok {
		t.Error("Go's own file is taken for the learner's")
	}
}

func TestFingerprint(t *testing.T) {
	f, e := begun(t)
	for name, counts := range map[string]bool{"main.go": true, "more.go": true, "predict.txt": true, "go.mod": true, ".main.go.swp": false, "README.md": false} {
		before := f.Fingerprint(e)
		path := filepath.Join(f.Path(e), name)
		put(t, path, name+" is another now")
		old := time.Now().Add(-time.Hour) // as mv and cp -p leave it
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		if got := f.Fingerprint(e) != before; got != counts {
			t.Errorf("%s was saved: changed %v, want %v", name, got, counts)
		}
	}
}

func TestBuild(t *testing.T) {
	f, e := begun(t)
	defer syscall.Umask(syscall.Umask(0o077)) // as the careful have it
	path, remove, err := f.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o755 {
		t.Errorf("no program for everybody: %v, %v", info, err)
	}
	remove()
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("its directory is left behind")
	}

	put(t, filepath.Join(f.Path(e), "main.go"), "package main\n\nfunc main() { undefined() }\n")
	_, _, err = f.Build(t.Context(), e)
	var failed *BuildError
	if !errors.As(err, &failed) || !strings.Contains(failed.Output, "main.go:3:15: undefined: undefined") {
		t.Errorf("error %v", err)
	}
	put(t, filepath.Join(f.Path(e), "main.go"), "package library\n")
	if _, _, err := f.Build(t.Context(), e); err == nil || err.Error() != "build "+f.Path(e)+": it is no program: its files must begin with package main" {
		t.Errorf("error %v", err)
	}
	third, _ := exercise.Lookup("3")
	if _, _, err := f.Build(t.Context(), third); !errors.Is(err, ErrNotStarted) {
		t.Errorf("error %v, want that it was not started", err)
	}
}

func TestEveryExerciseBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a program for each exercise")
	}
	f := Folder{t.TempDir()}
	for _, e := range exercise.All() {
		if err := f.Start(e); err != nil {
			t.Fatal(err)
		}
		_, remove, err := f.Build(t.Context(), e)
		if err != nil {
			t.Fatalf("%s: %v", e.Folder(), err)
		}
		remove()
	}
}

func TestProgress(t *testing.T) {
	f := Folder{t.TempDir()}
	if p, err := f.Progress(); len(p) != 0 || err != nil {
		t.Errorf("a new folder has progress %v, %v", p, err)
	}
	at := time.Date(2026, 11, 25, 15, 4, 5, 70e6, time.UTC)
	three := 3
	want := Progress{
		"silent-dial": {Passed: true, Checks: 3, Hints: 1, First: []Guess{{"packets", &three, 3, true}, {"calls", &three, 2, true}, {"sockets", &three, 1, false}, {"bytes", nil, 7, false}}, Kernel: "6.12.117+deb13-cloud-amd64", At: at},
		"no-connect":  {At: at},
		"of-tomorrow": {At: at, Kernel: "9.0"},
	}
	if err := f.Save(want); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(f.Dir, progressName))
	const lines = `# What you have done in the workshop. The lab writes this; to begin an exercise
# anew, delete its line.
#
#exercise    state    checks  hints  kernel                      at                        predictions
silent-dial  passed   3       1      6.12.117+deb13-cloud-amd64  2026-11-25T15:04:05.070Z  packets=3/3,calls=3=2,sockets=3/1,bytes=-/7
no-connect   started  0       0      -                           2026-11-25T15:04:05.070Z  -
of-tomorrow  started  0       0      9.0                         2026-11-25T15:04:05.070Z  -
`
	if diff := cmp.Diff(lines, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err := f.Progress()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestProgressRefuses(t *testing.T) {
	f := Folder{t.TempDir()}
	name := filepath.Join(f.Dir, progressName)
	for line, want := range map[string]string{
		"silent-dial passed": "it has 2 columns, not 7",
		"silent-dial passed x 1 6.12 2026-11-25T15:04:05Z -":         "x is no number of checks",
		"silent-dial passed 1 -1 6.12 2026-11-25T15:04:05Z -":        "-1 is no number of hints",
		"silent-dial passed 1 1 6.12 yesterday -":                    "yesterday is no time",
		"silent-dial passed 1 1 6.12 2026-11-25T15:04:05Z packets=3": "packets=3 is no prediction",
		"silent-dial passed 1 1 6.12 2026-11-25T15:04:05Z a=x/2":     "a=x/2 is no prediction",
	} {
		put(t, name, "# head\n"+line+"\n")
		_, err := f.Progress()
		if text := "read progress: " + name + ", line 2: " + want + ": delete the line"; err == nil || err.Error() != text {
			t.Errorf("error %v, want %s", err, text)
		}
	}
}

func TestCurrent(t *testing.T) {
	at := time.Date(2026, 11, 25, 15, 4, 5, 0, time.UTC)
	all := exercise.All()
	done := make(Progress)
	for _, e := range all {
		done[e.Name] = Record{Passed: true}
	}
	for _, test := range []struct {
		name     string
		progress Progress
		want     int
	}{
		{"nothing done", Progress{}, 1},
		{"the first passed", Progress{all[0].Name: {Passed: true, At: at}}, 2},
		{"one started", Progress{all[4].Name: {At: at}}, 5},
		{"the later of two", Progress{all[4].Name: {At: at.Add(time.Minute)}, all[6].Name: {At: at}}, 5},
		{"started and passed", Progress{all[4].Name: {At: at, Passed: true}}, 1},
	} {
		if got, left := test.progress.Current(); got.Number != test.want || !left {
			t.Errorf("%s: exercise %d, want %d", test.name, got.Number, test.want)
		}
	}
	if _, left := done.Current(); left {
		t.Error("all are passed, and one is left")
	}
}

func TestJudged(t *testing.T) {
	e, at := second(t), time.Date(2026, 11, 25, 15, 4, 5, 0, time.UTC)
	answers := []exercise.Answer{{Key: "a", Right: true}, {Key: "b"}}
	p := make(Progress)
	if p.Judged(e, exercise.Result{Kernel: "6.1"}, at) {
		t.Error("it has not passed")
	}
	if !p.Judged(e, exercise.Result{Passed: true, Kernel: "6.12", Answers: answers}, at) {
		t.Error("it has passed for the first time")
	}
	if p.Judged(e, exercise.Result{Passed: true, Kernel: "6.18", Answers: []exercise.Answer{{Right: true}, {Right: true}}}, at) {
		t.Error("it has passed before")
	}
	p.Judged(e, exercise.Result{Kernel: "6.18"}, at)
	want := Record{Passed: true, Checks: 2, First: []Guess{{Key: "a", Right: true}, {Key: "b"}}, Kernel: "6.18", At: at}
	if diff := cmp.Diff(want, p[e.Name]); diff != "" {
		t.Errorf("the first guess and the first pass count (-want +got):\n%s", diff)
	}
}

func TestReport(t *testing.T) {
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
	name := filepath.Join(t.TempDir(), "report.json")
	put(t, name, `{"version": 1, "learner": "gopher", "go": "go1.25.1", "lab": "go1.26.8", "system": "linux/amd64", "exercises": null}`)
	got, err := ReadReport(name)
	want := Report{Version: 1, Learner: "gopher", Go: "go1.25.1", LabGo: "go1.26.8", System: "linux/amd64"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestReadReportRefuses(t *testing.T) {
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

// TestModules: what an exercise takes from outside is what the lab is built with, so that
// a learner who has built the lab needs no network.
func TestModules(t *testing.T) {
	ours, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exercise.All() {
		for _, file := range e.Files() {
			if file.Name != "go.mod" {
				continue
			}
			for line := range strings.Lines(string(file.Data)) {
				fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
				if len(fields) > 1 && strings.Contains(fields[0], "/") && fields[0] != "//" &&
					!strings.Contains(string(ours), fields[0]+" "+fields[1]) {
					t.Errorf("%s: %s: the lab has another version", e.Folder(), strings.TrimSpace(line))
				}
			}
		}
	}
}
