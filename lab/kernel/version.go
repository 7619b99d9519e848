// Package kernel holds facts of Linux that the rooms of the lab share, each once: who plays
// which part of the network stack since when, what the article's functions are called
// today, system calls, softirqs, errors, and what each way of attaching probes needs. They
// are tables, and a few questions to ask of them. A new kernel is a row here.
package kernel

import (
	"cmp"
	"fmt"
	"slices"
)

// A Version is a kernel's, as two numbers: 6.12. The zero Version is older than any.
type Version [2]int

// Oldest is the oldest kernel that the lab can trace: attach cookies, by which it tells its
// probes apart, came with 5.15, after the ring buffer (5.8) and CAP_BPF (5.8).
var Oldest = Version{5, 15}

// ParseVersion reads the first two numbers of a release or of a series: 6.18.44-amd64 is
// 6.18, and so is 6.18.
func ParseVersion(release string) (Version, bool) {
	var v Version
	if n, _ := fmt.Sscanf(release, "%d.%d", &v[0], &v[1]); n != 2 {
		return Version{}, false
	}
	return v, true
}

// Compare orders versions as [cmp.Compare] does numbers.
func (v Version) Compare(w Version) int { return slices.Compare(v[:], w[:]) }

// Before tells whether a kernel is older than another.
func (v Version) Before(w Version) bool { return v.Compare(w) < 0 }

func (v Version) String() string { return fmt.Sprintf("%d.%d", v[0], v[1]) }

// CompareSeries orders kernels by their versions as they are written. What is no version
// comes first, by the alphabet.
func CompareSeries(a, b string) int {
	v, _ := ParseVersion(a)
	w, _ := ParseVersion(b)
	return cmp.Or(v.Compare(w), cmp.Compare(a, b))
}
