// Package tour holds the article's claims, each as an experiment: which workloads
// to run, what to record of them, and a predicate over the traces that gives the
// verdict.
//
// A verdict rests on what a trace holds, never on text. To add a claim is to add
// an entry to the table of claims and the predicate that judges it.
package tour

import (
	"cmp"
	"fmt"
	"slices"

	"dialpath/lab/trace"
)

// A Claim is one of the article's claims, in the lab's own words.
type Claim struct {
	Number      int         `json:"number"` // in the order of the article
	Title       string      `json:"title"`
	Text        string      `json:"text"`
	Recordings  []Recording `json:"recordings"` // what must be recorded to judge it
	Exhibits    []Exhibit   `json:"exhibits"`   // what to show of the recordings, in this order
	Explanation string      `json:"explanation"`
	Try         Try         `json:"try"`

	judge func(traces) Verdict
}

// An Exhibit is a piece of evidence to be shown with a claim.
type Exhibit struct {
	Kind      ExhibitKind `json:"kind"`
	Workloads []string    `json:"workloads"`      // two for a comparison
	Glob      string      `json:"glob,omitempty"` // which functions to list
	Role      trace.Role  `json:"role,omitempty"` // whose, if not the client's
}

// An ExhibitKind is the form of an exhibit.
type ExhibitKind string

// The kinds of exhibits.
const (
	Summary  ExhibitKind = "summary"  // two workloads side by side
	Syscalls ExhibitKind = "syscalls" // their system calls side by side
	Counts   ExhibitKind = "counts"   // functions that a client ran, and how often
	Stacks   ExhibitKind = "stacks"   // the stacks on which the verdict rests
	Packets  ExhibitKind = "packets"  // packets that a client sent
	Traffic  ExhibitKind = "traffic"  // packets that a client sent or got, of all protocols
	Calls    ExhibitKind = "calls"    // system calls on the sockets of one side, in order
	Output   ExhibitKind = "output"   // what a client printed
)

// traces are recordings by the name of their workload.
type traces map[string]*trace.Trace

// Claims returns all claims, by number.
func Claims() []Claim {
	return slices.SortedFunc(slices.Values(slices.Concat(resolving(), dialing(), writing(), reading(), meeting())),
		func(a, b Claim) int { return cmp.Compare(a.Number, b.Number) })
}

// Select returns the claims with the given numbers, in that order; all of them if
// none is given.
func Select(numbers ...int) ([]Claim, error) {
	all := Claims()
	if len(numbers) == 0 {
		return all, nil
	}
	var chosen []Claim
	for _, n := range numbers {
		i := slices.IndexFunc(all, func(c Claim) bool { return c.Number == n })
		if i < 0 {
			return nil, fmt.Errorf("select claim %d: the article's claims have the numbers 1 to %d: see lab tour --list", n, len(all))
		}
		if !slices.ContainsFunc(chosen, func(c Claim) bool { return c.Number == n }) {
			chosen = append(chosen, all[i])
		}
	}
	return chosen, nil
}
