package run

import (
	"path/filepath"
	"testing"

	"dialpath/lab/mistake"
	"dialpath/lab/recordings"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

func TestParseReference(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Reference{
		"6.12":           {"6.12", ""},
		"6.12:dialudp":   {"6.12", "dialudp"},
		"a file":         {"a file", ""},
		"C:mine:dialudp": {"C:mine", "dialudp"},
		"":               {},
	} {
		if got := ParseReference(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestReference takes recordings by kernel, by file and by workload.
func TestReference(t *testing.T) {
	t.Parallel()
	all, err := ParseReference(recordings.Newest()).Load()
	if err != nil || len(all) != len(workload.All()) {
		t.Fatalf("%d recordings, %v", len(all), err)
	}
	file := filepath.Join(t.TempDir(), "mine.json")
	if err := trace.Save(file, all[0], all[1]); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{recordings.Newest() + ":dialudp", file + ":" + all[1].Target.Workload} {
		r := ParseReference(text)
		one, err := r.One()
		if err != nil || one.Target.Workload != r.Workload {
			t.Errorf("%s: %v, %v", text, one, err)
		}
	}
	first, second := all[0].Target.Workload, all[1].Target.Workload
	for text, c := range map[string]struct {
		want    string
		mistake bool
	}{
		file:               {"-r " + file + ": there are 2 recordings in it: choose one, as " + file + ":dialudp (" + first + ", " + second + ")", true},
		file + ":echo-tcp": {"read trace " + file + ": it has no recording of echo-tcp, but of " + first + ", " + second, false},
		"5.4":              {"there are no recordings of a kernel 5.4, but of " + Kernels(), true},
		"none.json":        {"read trace: open none.json: no such file or directory; the lab's own recordings are " + Kernels(), false},
	} {
		_, err := ParseReference(text).One()
		if err == nil || err.Error() != c.want || mistake.Is(err) != c.mistake {
			t.Errorf("%s: %v (a mistake: %v), want %s", text, err, mistake.Is(err), c.want)
		}
	}
	if !ParseReference("6.12:dialudp").Own() || ParseReference(file).Own() {
		t.Error("whose recordings are whose?")
	}
}
