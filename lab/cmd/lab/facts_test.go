package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// The tests of this file hold that a verb's JSON has the facts that its text has: they
// read both, and compare what they have read.

// said runs a verb in this process, which must succeed, and returns what it writes.
func said(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := environment{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, lab: "lab"}
	if status := execute(t.Context(), env, args); status != statusDone {
		t.Fatalf("lab %s: status %d: %s", strings.Join(args, " "), status, stderr.String())
	}
	return stdout.String()
}

// asJSON is said with --json, decoded. Nothing in it may be unknown to into.
func asJSON[T any](t *testing.T, args ...string) T {
	t.Helper()
	var into T
	strict := json.NewDecoder(strings.NewReader(said(t, slices.Insert(slices.Clone(args), 1, "--json")...)))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&into); err != nil {
		t.Fatalf("lab %s --json: %v", strings.Join(args, " "), err)
	}
	return into
}

// words returns text without regard to where its lines were broken.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// same fails if what was read of the text is not what the JSON says.
func same[T any](t *testing.T, what string, text, fromJSON T) {
	t.Helper()
	if diff := cmp.Diff(text, fromJSON); diff != "" {
		t.Errorf("%s (-text +JSON):\n%s", what, diff)
	}
}

// each runs a test on every recording of one kernel, as KERNEL:WORKLOAD.
func each(t *testing.T, test func(t *testing.T, reference string)) {
	for _, w := range workload.All() {
		t.Run(w.Name, func(t *testing.T) { test(t, "6.12:"+w.Name) })
	}
}

// sections parts text at its empty lines.
func sections(text string) []string {
	return strings.Split(strings.TrimRight(text, "\n"), "\n\n")
}

// framed compares the first and the last section of a view, which every view of one
// recording has: what was recorded with, and how far it can be trusted.
func framed(t *testing.T, text string, of *trace.Trace) {
	t.Helper()
	parts := sections(text)
	same(t, "header", words(parts[0]), words(header(of.Kernel, of.Arch, of.Go, of.Backend, of.Honesty)))
	same(t, "honesty", words(parts[len(parts)-1]), trust(of.Backend, of.Honesty))
}

func header(kernel, arch, goVersion string, b trace.Backend, h trace.Honesty) string {
	return fmt.Sprintf("dialpath · recorded on Linux %s %s · Go %s %s: %d of %d functions in %s",
		kernel, arch, strings.TrimPrefix(goVersion, "go"), b.Name, h.Attached, h.Matched, attachTime(h))
}

// attachTime is the time that attaching took, in the precision of the text.
func attachTime(h trace.Honesty) string {
	if h.Attach.Seconds() < 1 {
		return fmt.Sprintf("%.0f ms", float64(h.Attach.Microseconds())/1e3)
	}
	return fmt.Sprintf("%.1f s", h.Attach.Seconds())
}

func trust(b trace.Backend, h trace.Honesty) string {
	text := fmt.Sprintf("attached %d of %d functions by %s (%s)", h.Attached, h.Matched, b.Name, b.Why)
	if !h.MissedKnown {
		text += " missed hits: unknown, this kernel does not count them (6.7 does)"
	}
	return text
}
