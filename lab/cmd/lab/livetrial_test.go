package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"dialpath/lab/exercise"
)

// tried is the exercise whose programs are judged.
const tried = "silent-dial"

// testTrial judges the program as it is handed out, and a solution.
func testTrial(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		program string
		status  int
		last    string
	}{
		{"shipped", statusFailed, "no packet leaves before the first write(2) to the dialed socket"},
		{"solution", statusDone, "it reads the whole answer from that socket"},
	} {
		t.Run(test.program, func(t *testing.T) {
			file := filepath.Join(dir, test.program+".json")
			said(t, "trial", tried, inKit(test.program), "--save", file)
			status, stdout, stderr := lab(t, "exercise", "--dir", dir, "check", "2", "-r", file, "--json")
			if status != test.status {
				t.Errorf("status %d, want %d: %s", status, test.status, stderr)
			}
			var r exercise.Result
			if err := json.Unmarshal([]byte(stdout), &r); err != nil {
				t.Fatal(err)
			}
			last := r.Findings[len(r.Findings)-1]
			if r.Passed != (test.status == statusDone) || last.Want != test.last || last.Met != r.Passed {
				t.Errorf("passed %v, the last finding is %+v; want %s", r.Passed, last, test.last)
			}
		})
	}
}
