package tour

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/recordings"
	"dialpath/lab/trace"
)

// dialed returns the recordings of dialing that the views are tested with, too.
func dialed(t *testing.T) traces {
	t.Helper()
	all := traces{}
	for _, name := range []string{tcpByDial, udpByDial, udpByDialUDP} {
		read, err := trace.Load(filepath.Join("..", "view", "testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = read[0]
	}
	return all
}

func claim(t *testing.T, number int) Claim {
	t.Helper()
	claims, err := Select(number)
	if err != nil {
		t.Fatal(err)
	}
	return claims[0]
}

func TestClaims(t *testing.T) {
	t.Parallel()
	last := 0
	for _, c := range Claims() {
		// Number, mark and title, with what is between them, stand before a brief verdict.
		if n := len("15 ✓ ") - len("✓") + 1 + len(c.Title) + 2 + BriefWidth; n > 80 {
			t.Errorf("claim %d: its title leaves no room for a brief verdict: %d columns", c.Number, n)
		}
		if c.Number <= last {
			t.Errorf("claim %d after claim %d", c.Number, last)
		}
		last = c.Number
		for name, text := range map[string]string{
			"title": c.Title, "text": c.Text, "explanation": c.Explanation, "thing to try": c.Try.Args, "word on it": c.Try.What,
		} {
			if text == "" {
				t.Errorf("claim %d has no %s", c.Number, name)
			}
		}
		if len(c.Recordings) == 0 || len(c.Exhibits) == 0 || c.judge == nil {
			t.Errorf("claim %d cannot be judged or shown", c.Number)
		}
		for _, e := range c.Exhibits {
			for _, name := range e.Workloads {
				if !slices.ContainsFunc(c.Recordings, func(r Recording) bool { return r.Workload == name }) {
					t.Errorf("claim %d shows %s without recording it", c.Number, name)
				}
			}
		}
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	chosen, err := Select(6, 3, 6)
	if err != nil {
		t.Fatal(err)
	}
	if len(chosen) != 2 || chosen[0].Number != 6 || chosen[1].Number != 3 {
		t.Errorf("got %d claims, want 6 and 3", len(chosen))
	}
	_, err = Select(99)
	if want := "select claim 99: the article's claims have the numbers 1 to 15: see lab tour --list"; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

// TestRecordings judges the lab's own recordings: each claim has a verdict on each kernel.
func TestRecordings(t *testing.T) {
	t.Parallel()
	for _, kernel := range recordings.Kernels() {
		t.Run(kernel, func(t *testing.T) {
			marks := make(map[Mark][]int)
			ts := recorded(t, kernel)
			for _, c := range Claims() {
				v := Judge(c, ts)
				marks[v.Mark] = append(marks[v.Mark], c.Number)
				if len(v.Notes) == 0 {
					t.Errorf("claim %d: no note on what was measured", c.Number)
				}
				assertBrief(t, v)
				if (v.Mark == Changed) != (len(v.Changes) > 0) {
					t.Errorf("claim %d: mark %s with changes %v", c.Number, v.Mark, v.Changes)
				}
			}
			want := map[Mark][]int{Holds: {1, 3, 4, 7, 8, 12}, Changed: {2, 5, 6, 9, 10, 11, 13, 14, 15}}
			if diff := cmp.Diff(want, marks); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

// recorded returns the lab's own recordings of a kernel.
func recorded(t *testing.T, kernel string) traces {
	t.Helper()
	all, err := recordings.Load(kernel)
	if err != nil {
		t.Fatal(err)
	}
	ts := traces{}
	for _, one := range all {
		ts[one.Target.Workload] = one
	}
	return ts
}
