package main

import (
	"strings"
	"testing"

	"dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
)

// TestTries: what a tour of recordings says to try works just so, without root.
func TestTries(t *testing.T) {
	t.Parallel()
	for _, kernel := range recordings.Kernels() {
		for _, r := range asJSON[tourJSON](t, "tour", "-r", kernel).Results {
			args := strings.Fields(r.Claim.Try.Args)
			if args[0] == "run" {
				continue // prints on the test's own output: see TestLiveTries
			}
			if !strings.Contains(r.Claim.Try.Args, " -r "+kernel+":") {
				t.Errorf("claim %d: %s is not of the recordings", r.Claim.Number, r.Claim.Try.Args)
			}
			if said(t, args...) == "" {
				t.Errorf("claim %d: %s says nothing", r.Claim.Number, r.Claim.Try.Args)
			}
		}
	}
}

// TestTriesOfFile: of a file that has not all that a verb shows, the lab's own recordings
// are shown instead.
func TestTriesOfFile(t *testing.T) {
	t.Parallel()
	name := t.TempDir() + "/tour.json.gz"
	all, err := recordings.Load("6.12")
	if err != nil {
		t.Fatal(err)
	}
	if err := trace.Save(name, all...); err != nil {
		t.Fatal(err)
	}
	try := func() string { return asJSON[tourJSON](t, "tour", "9", "-r", name).Results[0].Claim.Try.Args }
	if got, want := try(), "timeline -r "+name+":write-udp"; got != want {
		t.Errorf("of a whole file: %s, want %s", got, want)
	}
	for _, one := range all {
		one.Wakeups = nil
	}
	if err := trace.Save(name, all...); err != nil {
		t.Fatal(err)
	}
	if got, want := try(), "timeline -r 6.18:write-udp"; got != want {
		t.Errorf("without a timeline: %s, want %s", got, want)
	}
}

// TestLiveTries: what a live tour says to try is no mistake in how the lab is called. That
// it works is tested in a guest.
func TestLiveTries(t *testing.T) {
	t.Parallel()
	for _, c := range tour.Claims() {
		if _, err := newJob(environment{lab: "lab"}, strings.Fields(c.Try.Args)); err != nil {
			t.Errorf("claim %d: %s: %v", c.Number, c.Try.Args, err)
		}
	}
}

// testLiveTries does in a guest what the tour says to try: for each verb the first, but for
// the debugger, which has tests of its own. All workloads are in the other tests.
func testLiveTries(t *testing.T) {
	tried := map[string]bool{"step": true, "run": true}
	for _, c := range tour.Claims() {
		args := strings.Fields(c.Try.Args)
		if !tried[args[0]] && said(t, args...) == "" {
			t.Errorf("claim %d: %s says nothing", c.Number, c.Try.Args)
		}
		tried[args[0]] = true
	}
}
