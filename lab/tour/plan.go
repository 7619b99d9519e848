package tour

import "slices"

// Plan returns what must be recorded to judge the claims: each workload once, in
// the order in which the claims first want it, with all that any of them needs.
func Plan(claims []Claim) []Recording {
	var plan []Recording
	for _, c := range claims {
		for _, r := range c.Recordings {
			i := slices.IndexFunc(plan, func(p Recording) bool { return p.Workload == r.Workload })
			if i < 0 {
				i = len(plan)
				plan = append(plan, Recording{Workload: r.Workload})
			}
			plan[i].Needs = merge(plan[i].Needs, r.Needs)
		}
	}
	return plan
}

// Together returns what all recordings of a plan need, for those who attach once for
// all of them.
func Together(plan []Recording) Needs {
	var all Needs
	for _, r := range plan {
		all = merge(all, r.Needs)
	}
	return all
}

func merge(a, b Needs) Needs {
	return Needs{
		Patterns: union(a.Patterns, b.Patterns),
		Stacks:   union(a.Stacks, b.Stacks),
		Packets:  a.Packets || b.Packets,
		Syscalls: a.Syscalls || b.Syscalls,
	}
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
