package exercise

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
)

func asking(strict bool) Exercise {
	return Exercise{Strict: strict, Questions: []Question{
		{Key: "packets", Text: "How many packets?", Why: "Because.", count: func(Evidence) int { return 3 }},
		{Key: "calls", Text: "How many calls?", Why: "So.", count: func(Evidence) int { return 0 }},
	}}
}

func TestReadSheet(t *testing.T) {
	t.Parallel()
	e := asking(false)
	for _, test := range []struct {
		name, sheet string
		want        Prediction
		err         string
	}{
		{"as handed out", string(e.Sheet()), nil, "line 5: packets waits for your number"},
		{"filled in", strings.Replace(strings.Replace(string(e.Sheet()), "= ?", "= 3", 1), "= ?", "=7", 1), Prediction{"packets": 3, "calls": 7}, ""},
		{"no guess", "packets = -\ncalls = 0", Prediction{"calls": 0}, ""},
		{"negative", "packets = -3\ncalls = 0", nil, "line 1: packets = -3: a count is 0 or more"},
		{"twice", "packets = 3\npackets = 4\ncalls = 0", nil, "line 2: packets has a number already"},
		{"comment behind", "packets = 3 # maybe\ncalls=1", Prediction{"packets": 3, "calls": 1}, ""},
		{"windows", "packets = 3\r\ncalls = 1\r\n", Prediction{"packets": 3, "calls": 1}, ""},
		{"half", "packets = 3\n", nil, "calls is missing: write calls = NUMBER"},
		{"empty", "", nil, "packets is missing: write packets = NUMBER"},
		{"nothing after =", "packets =\ncalls = 1", nil, "line 1: packets waits for your number"},
		{"no number", "packets = three\ncalls = 1", nil, "line 1: packets = three: that is no number"},
		{"huge", "packets = 99999999999999999999\ncalls = 1", nil, "line 1: packets = 99999999999999999999: that is no number"},
		{"garbage", strings.Repeat("x", 200), nil, `line 1: "` + strings.Repeat("x", 40) + `" is none of the questions`},
		{"unknown", "pakets = 3\n", nil, `line 1: "pakets" is none of the questions`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := e.ReadSheet([]byte(test.sheet))
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" || text != test.err {
				t.Errorf("error %q, want %q; (-want +got):\n%s", text, test.err, diff)
			}
		})
	}
	if _, err := asking(true).ReadSheet([]byte("packets = -\ncalls = 0")); err == nil || err.Error() != "line 1: packets: here a number is what is asked for" {
		t.Errorf("a strict exercise took no guess: %v", err)
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	tr := &trace.Trace{}
	three, one := 3, 1
	want := []Answer{
		{Key: "packets", Question: "How many packets?", Predicted: &three, Counted: 3, Usual: 3, Right: true, Why: "Because."},
		{Key: "calls", Question: "How many calls?", Predicted: &one, Why: "So."},
	}
	for _, strict := range []bool{false, true} {
		got := asking(strict).Judge(tr, Prediction{"packets": 3, "calls": 1})
		if diff := cmp.Diff(want, got.Answers); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got.Passed == strict {
			t.Errorf("strict %v: passed %v with one of two right", strict, got.Passed)
		}
	}
	if got := asking(true).Judge(tr, Prediction{"packets": 3, "calls": 0}); !got.Passed {
		t.Errorf("all right, and not passed: %+v", got)
	}
	if got := asking(false).Judge(tr, nil); !got.Passed || got.Answers[0].Predicted != nil || got.Answers[0].Right {
		t.Errorf("nothing predicted: %+v", got)
	}
}

// TestOtherWays: the number of the lab's solution is right, too, unless the numbers are the
// exercise: then it is that of the program alone.
func TestOtherWays(t *testing.T) {
	t.Parallel()
	q := Question{Key: "packets", count: func(Evidence) int { return 130 }}
	for _, strict := range []bool{false, true} {
		for predicted, right := range map[int]bool{130: true, 45: !strict, 46: false} {
			a := q.score(Evidence{}, Prediction{"packets": predicted}, Prediction{"packets": 45}, strict)
			if a.Right != right || a.Usual != 45 || a.Counted != 130 {
				t.Errorf("strict %v: %d was predicted: %+v", strict, predicted, a)
			}
		}
	}
}

// TestAsHandedOut: of the program as handed out the number is known beforehand.
func TestAsHandedOut(t *testing.T) {
	t.Parallel()
	count := func(Evidence) int { return 99 }
	for _, test := range []struct {
		number    *between
		predicted int
		want      Answer
	}{
		{exactly(2), 2, Answer{Counted: 2, Usual: 2, Right: true}},
		{exactly(2), 99, Answer{Counted: 2, Usual: 2}},
		{&between{300, 400}, 300, Answer{Counted: 300, Usual: 300, Most: 400, Right: true}},
		{&between{300, 400}, 401, Answer{Counted: 300, Usual: 300, Most: 400}},
	} {
		test.want.Key, test.want.Predicted = "n", &test.predicted
		got := Question{Key: "n", count: count, number: test.number}.score(Evidence{}, Prediction{"n": test.predicted}, nil, false)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestEveryRun: what is expected of every run.
func TestEveryRun(t *testing.T) {
	t.Parallel()
	e := Exercise{}
	lost := &trace.Trace{Honesty: trace.Honesty{Lost: 2}}
	if got := e.Judge(lost, nil); got.Passed || !strings.HasPrefix(got.Findings[0].Saw, "2 events did not reach the lab, so nothing is proved: ") {
		t.Errorf("events were lost, and yet: %+v", got)
	}
	missed := &trace.Trace{Honesty: trace.Honesty{Missed: 1}}
	if got := e.Judge(missed, nil); !got.Passed {
		t.Errorf("nothing is counted, and a missed hit matters: %+v", got)
	}
	counting := Exercise{Functions: []string{"tcp_connect"}}
	if got := counting.Judge(missed, nil); got.Passed || got.Findings[0].Saw != "the kernel missed 1 hit, so the counts prove nothing: check it again" {
		t.Errorf("a hit was missed, and yet: %+v", got)
	}
	late := &trace.Trace{Target: trace.Target{TimedOut: true, Ended: "still running after 5s"}}
	if got := e.Judge(late, nil); got.Passed || got.Findings[0].Saw != "it ran on, and the lab ended it" || got.Ended != "still running after 5s" {
		t.Errorf("it did not end, and yet: %+v", got)
	}
	failed := &trace.Trace{Target: trace.Target{Ended: "exit status 1"}}
	if got := e.Judge(failed, nil); !got.Passed || len(got.Findings) > 0 {
		t.Errorf("how it ends is its own affair, and yet: %+v", got)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte(`{"version": 1}`))
	f.Add([]byte(`{"version": 1, "syscalls": [{"name": "socket", "role": "client", "return": 3}, {"name": "write", "role": "client", "fd": 3, "return": 9}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		traces, err := trace.Read(strings.NewReader(string(data)))
		if err != nil {
			return
		}
		for _, e := range All() {
			for _, one := range traces {
				e.Judge(one, nil)
			}
		}
	})
}
