package explain

import (
	"fmt"
	"path"
	"slices"

	"dialpath/lab/kernel"
	"dialpath/lab/recordings"
	"dialpath/lab/trace"
)

// A Fact is all that the lab knows of a kernel function, or of one that the article has
// and today's kernels have not.
type Fact struct {
	Name    string          `json:"name"`
	Does    string          `json:"does,omitempty"`
	Runs    []Run           `json:"runs,omitempty"`    // where it was seen, by workload
	Kernels []string        `json:"kernels,omitempty"` // series on which it was seen, of those that were recorded
	Renames []kernel.Rename `json:"renames,omitempty"` // what it was called, or is called now
}

// A Run is how often a function ran for a workload, on the newest kernel that was recorded
// and has it.
type Run struct {
	Workload string        `json:"workload"`
	Role     trace.Role    `json:"role"`
	Context  trace.Context `json:"context"`
	Count    uint64        `json:"count"`
}

// About returns what is known of the functions whose names match a glob, sorted by name.
// It fails if nothing is known of any.
func About(glob string) ([]Fact, error) {
	if _, err := path.Match(glob, ""); err != nil {
		return nil, fmt.Errorf("explain %q: it is no pattern: names are like udp_sendmsg, globs like 'udp_*'", glob)
	}
	names := slices.Concat(Names(), kernel.Renamed())
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		ok, err := path.Match(glob, name)
		return !ok || err != nil
	})
	if len(names) == 0 {
		return nil, fmt.Errorf("explain %s: the lab knows the functions that its workloads run, and this is none of them", glob)
	}
	seen, err := load()
	if err != nil {
		return nil, err
	}
	var facts []Fact
	for _, name := range names {
		f := Fact{Name: name, Does: Function(name), Renames: kernel.History(name)}
		for _, s := range seen {
			if runs := s.runs(name); len(runs) > 0 {
				f.Kernels, f.Runs = append(f.Kernels, s.kernel), runs // the last is the newest
			}
		}
		facts = append(facts, f)
	}
	return facts, nil
}

// recorded are the recordings of a kernel.
type recorded struct {
	kernel string
	traces []*trace.Trace
}

func load() ([]recorded, error) {
	var all []recorded
	for _, kernel := range recordings.Kernels() {
		traces, err := recordings.Load(kernel)
		if err != nil {
			return nil, err
		}
		all = append(all, recorded{kernel, traces})
	}
	return all, nil
}

// runs returns where a function, by the source's name, ran.
func (r recorded) runs(name string) []Run {
	var runs []Run
	for _, t := range r.traces {
		for _, f := range t.Functions {
			if kernel.Base(f.Name) == name {
				runs = append(runs, Run{t.Target.Workload, f.Role, f.Context, f.Count})
			}
		}
	}
	return runs
}
