// Package explain says in one line what a kernel function does. It knows those that the
// lab's workloads run, and the functions of Go programs that are watched.
package explain

import (
	"maps"
	"slices"

	"dialpath/lab/kernel"
)

// Function returns one line on a kernel function, by the kernel's name for it or the
// source's: without the suffixes of compilers, such as .isra.0. It returns "" if the lab
// does not know the function.
func Function(name string) string {
	if line := golang[name]; line != "" {
		return line
	}
	base := kernel.Base(name)
	for _, part := range tables {
		if line := part[base]; line != "" {
			return line
		}
	}
	return ""
}

var tables = []map[string]string{entries, sockets, inets, ips, udps, tcps, tracepoints, golang}

// Names returns the names of all functions that the lab can explain, sorted.
func Names() []string {
	var all []string
	for _, part := range tables {
		all = slices.AppendSeq(all, maps.Keys(part))
	}
	slices.Sort(all)
	return all
}
