package tour

import (
	"slices"

	"dialpath/lab/plan"
)

// A Recording is a workload and what is to be watched while it runs.
type Recording struct {
	Workload string `json:"workload"`
	Needs    Needs  `json:"needs"`
}

// Needs say what is to be watched, as a claim says it. The calls of the hooks always are:
// see [Together].
type Needs = plan.Plan

// ToRecord returns what must be recorded to judge the claims: each workload once, in
// the order in which the claims first want it, with all that any of them needs.
func ToRecord(claims []Claim) []Recording {
	var all []Recording
	for _, c := range claims {
		for _, r := range c.Recordings {
			i := slices.IndexFunc(all, func(other Recording) bool { return other.Workload == r.Workload })
			if i < 0 {
				i = len(all)
				all = append(all, Recording{Workload: r.Workload})
			}
			all[i].Needs = all[i].Needs.With(r.Needs)
		}
	}
	return all
}

// Together returns what all recordings need, and the calls of the article's functions:
// for those who attach once for all of them.
func Together(all []Recording) plan.Plan {
	together := plan.Plan{Hooks: true}
	for _, r := range all {
		together = together.With(r.Needs)
	}
	return together
}
