package main

import (
	"debug/elf"
	"debug/gosym"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

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
	if backend := all.Traces[0].Backend.Name; backend == "tracepoint" || h.Attached < 400 {
		t.Errorf("attached %d of %d functions by %s", h.Attached, h.Matched, backend)
	}
}

// testNames: a function that has its name since this kernel, or an older one, is there;
// one that has become part of another is not.
func testNames(t *testing.T, kernel string) {
	symbols, err := os.ReadFile("/proc/kallsyms")
	if err != nil {
		t.Fatal(err)
	}
	has := make(map[string]bool) // by the source's names
	for line := range strings.Lines(string(symbols)) {
		if fields := strings.Fields(line); len(fields) > 2 && strings.EqualFold(fields[1], "t") {
			base, _, _ := strings.Cut(fields[2], ".")
			has[base] = true
		}
	}
	checked := 0
	for _, r := range tour.ThenAndNow() {
		since, ok := strings.CutPrefix(r.Since, "Linux ")
		if !ok || newer(since, kernel) || elsewhere(r.Now) {
			continue
		}
		checked++
		if !r.Inlines && !has[r.Now] {
			t.Errorf("%s, but this %s has no %s", r, kernel, r.Now)
		}
		if r.Part && has[r.Then] {
			t.Errorf("%s, but this %s still has %s", r, kernel, r.Then)
		}
	}
	if checked < 10 {
		t.Errorf("only %d names checked", checked)
	}
}

// elsewhere tells whether a function is of another architecture than this one.
func elsewhere(name string) bool {
	arch := map[string]string{"__x64_": "amd64", "x64_": "amd64", "__arm64_": "arm64"}
	for prefix, of := range arch {
		if strings.HasPrefix(name, prefix) {
			return of != runtime.GOARCH
		}
	}
	return false
}

// newer tells whether a kernel's series comes after another.
func newer(a, b string) bool {
	var x, y [2]int
	fmt.Sscanf(a, "%d.%d", &x[0], &x[1])
	fmt.Sscanf(b, "%d.%d", &y[0], &y[1])
	return slices.Compare(x[:], y[:]) > 0
}

// TestInlinedNames: a function that compilers may put into its caller has been seen all
// the same, in a stack of one of the lab's recordings.
func TestInlinedNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, kernel := range recordings.Kernels() {
		all, err := recordings.Load(kernel)
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
