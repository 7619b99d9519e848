package main

import (
	"debug/elf"
	"debug/gosym"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"dialpath/lab/kernel"
	"dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
)

// testVerdicts runs the whole tour: every claim can be judged, and holds.
func testVerdicts(t *testing.T) {
	all := asJSON[tourJSON](t, "tour")
	if len(all.Results) != len(tour.Claims()) || all.Recorded {
		t.Errorf("%d claims, recorded %v", len(all.Results), all.Recorded)
	}
	for _, r := range all.Results {
		if r.Verdict.Mark == tour.NotSeen {
			t.Errorf("claim %d, %s: not seen: %s", r.Claim.Number, r.Claim.Title, strings.Join(r.Verdict.Notes, "; "))
		}
	}
	h := all.Traces[0].Honesty
	if backend := all.Traces[0].Backend.Name; backend == kernel.Tracepoint || h.Attached < 400 || h.Attached != h.Matched {
		t.Errorf("attached %d of %d functions by %s", h.Attached, h.Matched, backend)
	}
}

// testNames: a function that has its name since this kernel, or an older one, is there;
// one that has become part of another is not. Who plays a part on this kernel is there.
func testNames(t *testing.T, series string) {
	running, ok := kernel.ParseVersion(series)
	if !ok {
		t.Fatalf("%q is no version", series)
	}
	has := functionsHere(t)
	checked := 0
	for _, r := range kernel.Renames() {
		arch := kernel.ArchOf(r.Now)
		since, ok := r.Kernel()
		if !ok || running.Before(since) || arch != "" && arch != runtime.GOARCH {
			continue
		}
		checked++
		player := slices.ContainsFunc(kernel.Parts(), func(p kernel.Part) bool { return kernel.Plays(r.Now, p.Name) }) // see below
		if !r.Inlines && !player && !has[r.Now] {
			t.Errorf("%s, but this %s has no %s", r, series, r.Now)
		}
		if r.Into && has[r.Then] {
			t.Errorf("%s, but this %s still has %s", r, series, r.Then)
		}
	}
	if checked < 10 {
		t.Errorf("only %d names checked", checked)
	}
	for _, part := range kernel.Parts() {
		for _, name := range append(part.Around, part.On(running)) {
			if !has[name] {
				t.Errorf("%s: this %s has no %s", part.Name, series, name)
			}
		}
	}
}

// functionsHere returns the functions of the running kernel, by the source's names.
func functionsHere(t *testing.T) map[string]bool {
	symbols, err := os.ReadFile("/proc/kallsyms")
	if err != nil {
		t.Fatal(err)
	}
	has := make(map[string]bool)
	for line := range strings.Lines(string(symbols)) {
		if fields := strings.Fields(line); len(fields) > 2 && strings.EqualFold(fields[1], "t") {
			has[kernel.Base(fields[2])] = true
		}
	}
	return has
}

// newer tells whether a kernel's series comes after another.
func newer(a, b string) bool { return kernel.CompareSeries(a, b) > 0 }

// TestInlinedNames: a function that compilers may put into its caller has been seen all
// the same, in a stack of one of the lab's recordings.
func TestInlinedNames(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, series := range recordings.Kernels() {
		all, err := recordings.Load(series)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			for _, s := range one.Stacks {
				for _, f := range s.Frames {
					seen[f.Name] = seen[f.Name] || f.Kind == trace.Kernel
				}
			}
		}
	}
	for _, r := range tour.ThenAndNow() {
		if r.Inlines && !seen[r.Now] {
			t.Errorf("%s: %s is in no stack", r, r.Now)
		}
	}
}

// TestGoNames: Go's functions of today are in this very program, which is the lab, too.
func TestGoNames(t *testing.T) {
	t.Parallel()
	program, err := elf.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	section := func(name string) *elf.Section {
		s := program.Section(name)
		if s == nil {
			t.Fatalf("this program has no section %s", name)
		}
		return s
	}
	lines, err := section(".gopclntab").Data()
	if err != nil {
		t.Fatal(err)
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(lines, section(".text").Addr))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, r := range tour.ThenAndNow() {
		if !strings.HasPrefix(r.Since, "Go ") {
			continue
		}
		checked++
		if table.LookupFunc(r.Now) == nil {
			t.Errorf("%s, but this program has no %s", r, r.Now)
		}
	}
	if checked < 5 {
		t.Errorf("only %d names checked", checked)
	}
}
