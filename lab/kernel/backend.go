package kernel

import (
	"fmt"
	"slices"
	"strings"
)

// A Backend is a way to attach probes to kernel functions.
type Backend string

// The backends, best first.
const (
	KprobeMulti Backend = "kprobe.multi" // all functions in one system call
	Kprobe      Backend = "kprobe"       // one function at a time
	Fentry      Backend = "fentry"       // one program for each function: few at most
	Tracepoint  Backend = "tracepoint"   // no functions, only tracepoints and their stacks
)

// A Feature is something that some kernels have, and others lack.
type Feature struct {
	Since     Version            // first kernel with it
	Elsewhere map[string]Version // the same on other architectures than amd64, by Go's names
	Options   []string           // what the kernel must be built with
	Symbol    string             // function of all kernels that are built so, and of no other; "" if there is none
}

// SinceOn returns the first kernel with the feature on an architecture, by Go's name for it.
func (f Feature) SinceOn(arch string) Version {
	if v, ok := f.Elsewhere[arch]; ok {
		return v
	}
	return f.Since
}

// What the lab needs of a kernel besides a backend.
var (
	BTF     = Feature{Since: Version{5, 4}, Options: []string{"CONFIG_DEBUG_INFO_BTF"}}        // types of the kernel's structures
	Network = Feature{Since: Version{2, 6}, Options: []string{"CONFIG_NET_NS", "CONFIG_VETH"}} // namespaces, and a wire between them
)

// A backendRow is what the lab knows of a backend.
type backendRow struct {
	Backend
	needs  Feature
	missed Version // first kernel that counts the hits of its probes that were not delivered
}

// backendRows are the backends, best first.
//
// Sources: the kernel's history (0dcac2725406 for kprobe.multi in 5.18, 2fcc82411e74 for
// cookies of tracing programs in 5.19; for arm64 2dd0e8d2d2a1 with kprobes in 4.8, and
// 2aa6ac03516d with direct calls in 6.4; for missed hits dd8657894c11 bpf: Count missed
// stats in trace_call_bpf, and f915fcb38553 bpf: Count stats for kprobe_multi programs, both
// in 6.7, and 05b24ff9b2cf in 6.1), its Kconfig files, and trials on Debian's kernels from
// 5.10 to 7.3.
var backendRows = []backendRow{
	{KprobeMulti, Feature{
		Since: Version{5, 18}, Elsewhere: map[string]Version{"arm64": {6, 14}},
		Options: []string{"CONFIG_FPROBE", "CONFIG_BPF_EVENTS"}, Symbol: "register_fprobe_ips",
	}, Version{6, 7}},
	{Kprobe, Feature{
		Since: Version{4, 1}, Elsewhere: map[string]Version{"arm64": {4, 8}},
		Options: []string{"CONFIG_KPROBES", "CONFIG_KPROBE_EVENTS", "CONFIG_BPF_EVENTS"}, Symbol: "register_kprobe",
	}, Version{6, 7}},
	// fentry itself came with 5.5; cookies for tracing programs, by which the lab tells its
	// probes apart, with 5.19.
	{Fentry, Feature{
		Since: Version{5, 19}, Elsewhere: map[string]Version{"arm64": {6, 4}},
		Options: []string{"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", "CONFIG_DEBUG_INFO_BTF"},
	}, Version{5, 12}},
	{Tracepoint, Feature{
		Since: Version{4, 17}, Elsewhere: map[string]Version{"arm64": {4, 17}},
		Options: []string{"CONFIG_BPF_EVENTS"},
	}, Version{6, 1}},
}

// Backends returns all backends, best first.
func Backends() []Backend {
	var all []Backend
	for _, b := range backendRows {
		all = append(all, b.Backend)
	}
	return all
}

// ParseBackend reads a backend's name; auto, which stands for the best one that works, is
// "".
func ParseBackend(name string) (Backend, error) {
	if name == "auto" || name == "" {
		return "", nil
	}
	names := []string{"auto"}
	for _, b := range backendRows {
		if string(b.Backend) == name {
			return b.Backend, nil
		}
		names = append(names, string(b.Backend))
	}
	last := len(names) - 1
	return "", fmt.Errorf("unknown backend %q: use %s or %s", name, strings.Join(names[:last], ", "), names[last])
}

// Needs returns what a kernel must have for the backend.
func (b Backend) Needs() Feature { return b.row().needs }

// MissedSince returns the first kernel that counts the hits of the backend's probes that it
// could not deliver.
func (b Backend) MissedSince() Version { return b.row().missed }

// IsKprobe tells whether the backend attaches kprobes, one by one or all at once.
func (b Backend) IsKprobe() bool { return b == KprobeMulti || b == Kprobe }

// row returns the backend's row. A backend that the lab does not know needs nothing, as far
// as that is known.
func (b Backend) row() backendRow {
	if i := slices.IndexFunc(backendRows, func(row backendRow) bool { return row.Backend == b }); i >= 0 {
		return backendRows[i]
	}
	return backendRow{}
}
