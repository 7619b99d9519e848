package doctor

import (
	"fmt"
	"strings"
)

// The names of the checks that have a fact each.
const (
	kprobeMulti = "kprobe.multi"
	kprobe      = "kprobe"
	fentry      = "fentry"
	tracepoint  = "tracepoint"
	btf         = "BTF"
	network     = "network"
)

// A version is a kernel's, as two numbers: 6.12.
type version [2]int

func (v version) String() string { return fmt.Sprintf("%d.%d", v[0], v[1]) }

func (v version) before(w version) bool {
	return v[0] < w[0] || v[0] == w[0] && v[1] < w[1]
}

// parseVersion reads the two first numbers of a release: 6.18.44-amd64 is 6.18.
func parseVersion(release string) (version, bool) {
	var v version
	n, _ := fmt.Sscanf(release, "%d.%d", &v[0], &v[1])
	return v, n == 2
}

// oldest is the oldest kernel that the lab supports: attach cookies, by which it
// tells its probes apart, came with 5.15, after the ring buffer (5.8) and
// CAP_BPF (5.8).
var oldest = version{5, 15}

// A fact is what is known of one thing that kernels have or lack.
type fact struct {
	name    string
	since   version  // first kernel with it
	arm64   version  // the same on arm64, if later
	options []string // what the kernel must be built with
	symbol  string   // function of all kernels that are built so, and of no other; "" if there is none
	blocks  string   // what the lab cannot do without it
}

// facts are the facts, the backends first and best first.
//
// Sources: the kernel's history (0dcac2725406 for kprobe.multi in 5.18,
// 2fcc82411e74 for cookies of tracing programs in 5.19, 2aa6ac03516d for arm64's
// direct calls in 6.4), its Kconfig files, and trials on
// Debian's kernels from 5.10 to 7.3.
var facts = []fact{
	{
		name: kprobeMulti, since: version{5, 18}, arm64: version{6, 14},
		options: []string{"CONFIG_FPROBE", "CONFIG_BPF_EVENTS"}, symbol: "register_fprobe_ips",
		blocks: "counting hundreds of functions at once",
	},
	{
		name: kprobe, since: version{4, 1},
		options: []string{"CONFIG_KPROBES", "CONFIG_KPROBE_EVENTS", "CONFIG_BPF_EVENTS"}, symbol: "register_kprobe",
		blocks: "counts, hooks and stacks of any function: lab count, stack, compare, tour",
	},
	{
		// fentry itself came with 5.5; cookies for tracing programs, by which the lab
		// tells its probes apart, with 5.19.
		name: fentry, since: version{5, 19}, arm64: version{6, 4},
		options: []string{"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "CONFIG_DEBUG_INFO_BTF"},
		blocks:  "the hooks (the article's four functions), where there are no kprobes",
	},
	{
		name: tracepoint, since: version{4, 17}, options: []string{"CONFIG_BPF_EVENTS"},
		blocks: "everything: contexts, system calls and processes are told by tracepoints",
	},
	{
		name: btf, since: version{5, 4}, options: []string{"CONFIG_DEBUG_INFO_BTF"},
		blocks: "every probe: they find the kernel's structures by it",
	},
	{
		name: network, since: version{2, 6}, options: []string{"CONFIG_NET_NS", "CONFIG_VETH"},
		blocks: "the workloads: lab tour, compare",
	},
}

// backends are the names of the backends, best first.
var backends = []string{kprobeMulti, kprobe, fentry, tracepoint}

// factOf returns the fact of that name.
func factOf(name string) fact {
	for _, f := range facts {
		if f.name == name {
			return f
		}
	}
	panic("no fact of " + name)
}

// sinceOn returns the first kernel with it on an architecture.
func (f fact) sinceOn(arch string) version {
	if arch == "arm64" && f.since.before(f.arm64) {
		return f.arm64
	}
	return f.since
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
	case len(f.symbols) == 0 || fact.symbol == "":
		return unknown
	case f.symbols[fact.symbol]:
		return yes
	}
	return no
}

// lacks returns the first option that the kernel should have been built with, and
// was not. A kernel that hides its configuration is taken at its functions.
func (f findings) lacks(fact fact) string {
	for _, option := range fact.options {
		if f.config != nil && !f.config[option] {
			return option
		}
	}
	if f.config == nil && f.builtWith(fact) == no {
		return fact.options[0]
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
