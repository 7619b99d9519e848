package proc

import (
	"os"
	"testing"
	"time"
)

func TestAllowance(t *testing.T) {
	t.Parallel()
	a := Allowance{time: 5 * time.Second, work: 5 * time.Second, first: Vitals{Ran: time.Hour, Waited: time.Hour}}
	const s = time.Second
	for _, test := range []struct {
		name                string
		passed, ran, waited time.Duration
		awake               bool
		want                time.Duration
	}{
		{"sleeps", 5 * s, 0, 0, false, 0},
		{"sleeps, too early", 3 * s, 0, 0, false, 2 * s},
		{"runs for ever", 5 * s, 5 * s, 0, true, 0},
		{"runs for ever, but others do, too", 5 * s, 2 * s, 3 * s, true, 3 * s},
		{"runs for ever, after all", 12*s + 500*time.Millisecond, 5 * s, 7*s + 500*time.Millisecond, true, 0},
		{"many run for ever, and hinder each other", 5 * s, 10 * s, 150 * s, true, 0},
		{"many run, and others, too", 5 * s, 4 * s, 200 * s, true, s},
		{"was held up, then slept", 8 * s, s, 3 * s, false, 0},
		{"has slept, and has just woken", 5 * s, s, 0, true, glance},
		{"could not run at all", 50 * s, 0, 50 * s, true, 5 * s},
		{"threads have ended, and took their times with them", 5 * s, -s, -s, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := Vitals{Ran: a.first.Ran + test.ran, Waited: a.first.Waited + test.waited, Awake: test.awake}
			if got := a.left(test.passed, v); got != test.want {
				t.Errorf("%v are left, want %v", got, test.want)
			}
		})
	}
}

func TestVitals(t *testing.T) {
	t.Parallel()
	for stat, want := range map[string]bool{
		"7 (flood) R 1 7 7": true, "7 (flood) D 1 7 7": true, "7 (flood) S 1 7 7": false, "7 (flood) Z 1 7 7": false,
		"7 (a) R (b) S 1 7 7": false, "": false, "7 (flood)": false,
	} {
		if got := awake(stat); got != want {
			t.Errorf("%q: awake %v", stat, got)
		}
	}
	for text, want := range map[string][2]time.Duration{
		"3018997 4880409 3\n": {3018997, 4880409}, "": {}, "3018997\n": {},
	} {
		if ran, waited := scheduled(text); ran != want[0] || waited != want[1] {
			t.Errorf("%q: ran %d, waited %d", text, ran, waited)
		}
	}
}

// TestExamine: this very process has run, and does.
func TestExamine(t *testing.T) {
	before := Examine(os.Getpid())
	for began := time.Now(); time.Since(began) < 20*time.Millisecond; {
	}
	after := Examine(os.Getpid())
	if !after.Awake || after.Ran <= before.Ran {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if none := Examine(); none != (Vitals{}) {
		t.Errorf("nobody has run: %+v", none)
	}
}

func TestParents(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		stat        string
		pid, parent int
	}{
		{"12 (sh) S 7 12 12 0 -1", 12, 7},
		{"13 (a) Z (b) R 1 0", 13, 1},
		{"14 (\n) S 99 5", 14, 99},
		{"", 0, 0},
		{"15", 0, 0},
	} {
		if pid, parent := parents(test.stat); pid != test.pid || parent != test.parent {
			t.Errorf("%q: %d, %d, want %d, %d", test.stat, pid, parent, test.pid, test.parent)
		}
	}
}
