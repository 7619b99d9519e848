package doctor

import (
	"strings"

	"dialpath/lab/kernel"
)

// The names of the checks that have a fact each: the backends, and what else there is to
// know of a kernel.
const (
	kprobeMulti = string(kernel.KprobeMulti)
	kprobe      = string(kernel.Kprobe)
	fentry      = string(kernel.Fentry)
	tracepoint  = string(kernel.Tracepoint)
	btf         = "BTF"
	network     = "network"
)

// A fact is what is known of one thing that kernels have or lack.
type fact struct {
	name string
	kernel.Feature
	blocks string // what the lab cannot do without it
}

// facts are the facts, the backends first and best first.
var facts = []fact{
	{kprobeMulti, kernel.KprobeMulti.Needs(), "counting hundreds of functions at once"},
	{kprobe, kernel.Kprobe.Needs(), "counts, hooks and stacks of any function: lab count, stack, compare, tour"},
	{fentry, kernel.Fentry.Needs(), "the hooks (the article's functions), where there are no kprobes"},
	{tracepoint, kernel.Tracepoint.Needs(), "everything: contexts, system calls and processes are told by tracepoints"},
	{btf, kernel.BTF, "every probe: they find the kernel's structures by it"},
	{network, kernel.Network, "the workloads: lab tour, compare"},
}

// backends are the names of the backends, best first.
var backends = backendNames()

func backendNames() []string {
	var names []string
	for _, b := range kernel.Backends() {
		names = append(names, string(b))
	}
	return names
}

// factOf returns the fact of that name.
func factOf(name string) fact {
	for _, f := range facts {
		if f.name == name {
			return f
		}
	}
	panic("no fact of " + name)
}

// An answer may be that nobody knows.
type answer int

const (
	unknown answer = iota
	yes
	no
)

// builtWith tells whether the kernel was built with what a fact needs: by its
// configuration, else by the functions that it has.
func (f findings) builtWith(fact fact) answer {
	switch {
	case f.config != nil && f.lacks(fact) == "":
		return yes
	case f.config != nil:
		return no
	case len(f.symbols) == 0 || fact.Symbol == "":
		return unknown
	case f.symbols[fact.Symbol]:
		return yes
	}
	return no
}

// lacks returns the first option that the kernel should have been built with, and
// was not. A kernel that hides its configuration is taken at its functions.
func (f findings) lacks(fact fact) string {
	for _, option := range fact.Options {
		if f.config != nil && !f.config[option] {
			return option
		}
	}
	if f.config == nil && f.builtWith(fact) == no {
		return fact.Options[0]
	}
	return ""
}

// parseConfig returns the options that are on, as module or built in.
func parseConfig(text string) map[string]bool {
	on := make(map[string]bool)
	for line := range strings.Lines(text) {
		option, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && strings.HasPrefix(option, "CONFIG_") && (value == "y" || value == "m") {
			on[option] = true
		}
	}
	return on
}
