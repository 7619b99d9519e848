package workshop

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/exercise"
)

func TestProgress(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
