package view_test

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/exercise"
	"dialpath/lab/view"
	"dialpath/lab/workshop"
)

// The workshop's views have golden files like the others.
func init() {
	second := func(t testing.TB) exercise.Exercise {
		e, err := exercise.Lookup("2")
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	shown["exercise-brief"] = func(t testing.TB, w io.Writer) error {
		return view.Brief(w, second(t), "mine/02-silent-dial", view.Style{Lab: "bin/lab", Flags: "--dir mine"})
	}
	shown["exercise-hint"] = func(t testing.TB, w io.Writer) error { return view.Advice(w, second(t), 2, view.Style{}) }
	// A wrong answer: the recording of dial-tcp is what such a program does.
	shown["exercise-wrong"] = func(t testing.TB, w io.Writer) error {
		tr := load(t, "dial-tcp")
		tr.Target.Ended, tr.Target.Output = "exit status 1", "something went\twrong \x1b[31m\n"
		return view.Graded(w, second(t), second(t).Judge(tr, nil), ownAll, view.Style{Lab: "bin/lab"})
	}
	four, two := 4, 2
	shown["exercise-right"] = func(t testing.TB, w io.Writer) error {
		return view.Graded(w, second(t), exercise.Result{
			Exercise: 2, Title: "A dial that keeps silent", Passed: true,
			Findings: []exercise.Finding{{Want: "no packet leaves", Met: true, Saw: "none did"}},
			Answers: []exercise.Answer{
				{Key: "a", Question: "How many packets?", Predicted: &four, Counted: 1, Usual: 1, Why: "Only the write sends one."},
				{Key: "b", Question: "How many calls?", Predicted: &two, Counted: 3, Usual: 2, Right: true, Why: "One each."},
				{Key: "c", Question: "How many sockets?", Counted: 1, Usual: 1, Why: "One is enough."},
			},
		}, nil, view.Style{})
	}
	at := time.Date(2026, 11, 25, 15, 4, 5, 0, time.UTC)
	progress := workshop.Progress{
		"silent-dial": {Passed: true, Checks: 3, First: []workshop.Guess{{Key: "packets-sent", Right: true}, {Key: "more"}}, At: at},
		"no-connect":  {Checks: 1, At: at},
	}
	shown["exercises"] = func(_ testing.TB, w io.Writer) error {
		return view.Exercises(w, progress, view.Style{Lab: "bin/lab"})
	}
	shown["board"] = func(_ testing.TB, w io.Writer) error {
		return view.Board(w, []workshop.Report{
			{Learner: "Gopher", Exercises: []workshop.Entry{{Name: "silent-dial", Record: progress["silent-dial"]}, {Name: "no-connect", Record: progress["no-connect"]}}},
			{Learner: "somebody with a \x1b[31mlong name", Exercises: []workshop.Entry{{Name: "silent-dial", Record: workshop.Record{First: []workshop.Guess{{Key: "packets-sent"}}}}}},
		}, view.Style{})
	}
}

// ownAll takes every line for the learner's own.
func ownAll(string, int) (string, bool) { return "\tconn, err := net.Dial()", true }

// TestPassedAll: there is an end.
func TestPassedAll(t *testing.T) {
	t.Parallel()
	progress := make(workshop.Progress)
	for _, e := range exercise.All() {
		progress[e.Name] = workshop.Record{Passed: true}
	}
	var out strings.Builder
	if err := view.Exercises(&out, progress, view.Style{}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), fmt.Sprintf("\n\nAll %d passed.\n", len(progress))) {
		t.Errorf("all are passed, and it says\n%s", out.String())
	}
}

// TestColours: without them a view is what it is without them.
func TestColours(t *testing.T) {
	t.Parallel()
	result := exercise.Result{
		Exercise: 2, Title: "A dial that keeps silent",
		Findings: []exercise.Finding{{Want: strings.Repeat("a long expectation ", 9), Met: true}, {Want: strings.Repeat("another one ", 9), Saw: strings.Repeat("something else ", 9)}},
		Answers:  []exercise.Answer{{Question: strings.Repeat("how many of all of them? ", 9), Counted: 1, Usual: 1, Why: "So."}},
	}
	text := func(color bool) string {
		var out strings.Builder
		if err := view.Graded(&out, exercise.Exercise{}, result, nil, view.Style{Color: color}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	coloured := text(true)
	if !strings.Contains(coloured, "\x1b[") {
		t.Error("there are no colours")
	}
	if diff := cmp.Diff(text(false), regexp.MustCompile(`\x1b\[[0-9]*m`).ReplaceAllString(coloured, "")); diff != "" {
		t.Errorf("(-plain +coloured):\n%s", diff)
	}
}
