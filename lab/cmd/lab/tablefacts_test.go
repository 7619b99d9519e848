package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dialpath/lab/doctor"
	"dialpath/lab/explain"
)

func TestExplainFacts(t *testing.T) {
	t.Parallel()
	args := []string{"explain", "*"}
	var have []string
	for _, f := range asJSON[[]explain.Fact](t, args...) {
		lines := []string{f.Name, f.Does}
		for _, r := range f.Renames {
			lines = append(lines, r.String()+": "+r.Why)
		}
		if len(f.Runs) > 0 {
			lines = append(lines, "seen on "+enumerated(f.Kernels)+": "+places(f.Runs))
		}
		have = append(have, words(strings.Join(lines, " ")))
	}
	var shown []string
	for _, s := range sections(said(t, args...)) {
		shown = append(shown, words(s))
	}
	same(t, "functions", shown, have)
}

func enumerated(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// places says where functions ran, as the text does.
func places(runs []explain.Run) string {
	var all []string
	for len(runs) > 0 {
		workload, n := runs[0].Workload, uint64(0)
		var roles []string
		for len(runs) > 0 && runs[0].Workload == workload {
			n += runs[0].Count
			if role := string(runs[0].Role); !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
			runs = runs[1:]
		}
		all = append(all, fmt.Sprintf("%s ×%d (%s)", workload, n, strings.Join(roles, ", ")))
	}
	return strings.Join(all, ", ")
}

func TestDoctorFacts(t *testing.T) {
	r := asJSON[doctor.Report](t, "doctor")
	have := fmt.Sprintf("dialpath doctor · Linux %s %s", r.Kernel, r.Arch)
	for _, c := range r.Checks {
		have += " " + map[doctor.State]string{doctor.OK: "✓", doctor.Missing: "✗", doctor.NotNeeded: "·", doctor.Unknown: "?"}[c.State] + " " + c.Name + " " + c.Found
		if c.Blocks != "" {
			have += " blocks " + c.Blocks
		}
		if c.Mend != "" {
			have += " mend " + c.Mend
		}
	}
	have += " ✓ ok ✗ missing · not essential ? only root can tell " + r.Verdict
	same(t, "checks", words(said(t, "doctor")), words(have))
}
