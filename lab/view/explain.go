package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"dialpath/lab/explain"
)

// Explain writes what is known of functions: what each does, where it was seen, and what
// it was called before.
func Explain(w io.Writer, facts []explain.Fact, style Style) error {
	p := &printer{w: w, style: style}
	for i, f := range facts {
		if i > 0 {
			p.gap()
		}
		p.line("%s", style.paint(bold, f.Name))
		p.in(2, func() { p.fact(f) })
	}
	return p.err
}

func (p *printer) fact(f explain.Fact) {
	p.paragraph("", f.Does)
	for _, r := range f.Renames {
		p.paragraph("", r.String()+": "+r.Why)
	}
	if len(f.Runs) > 0 {
		p.paragraph("", fmt.Sprintf("seen on %s: %s", enumerate(f.Kernels), strings.Join(places(f.Runs), ", ")))
	}
}

// places returns in which workloads a function was seen to run, and how often for whom.
func places(runs []explain.Run) []string {
	var workloads []string
	for _, r := range runs {
		if !slices.Contains(workloads, r.Workload) {
			workloads = append(workloads, r.Workload)
		}
	}
	var all []string
	for _, name := range workloads {
		var n uint64
		var roles []string
		for _, r := range runs {
			if r.Workload != name {
				continue
			}
			n += r.Count
			if role := string(r.Role); !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
		all = append(all, fmt.Sprintf("%s ×%d (%s)", name, n, strings.Join(roles, ", ")))
	}
	return all
}
