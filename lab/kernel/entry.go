package kernel

import (
	"cmp"
	"slices"
	"strings"
)

// A beginning is what the names of functions behind system calls begin with.
type beginning struct {
	prefix  string
	wrapper bool   // it only unpacks the call's arguments
	arch    string // by Go's name; "" on all
}

var beginnings = []beginning{
	{"__x64_sys_", true, "amd64"}, // since 4.17
	{"__ia32_sys_", true, "amd64"},
	{"__arm64_sys_", true, "arm64"}, // since 4.19
	{"__se_sys_", true, ""},
	{"__do_sys_", true, ""},
	{"sys_", true, ""},  // before those
	{"SYSC_", true, ""}, // likewise
	{"__sys_", false, ""},
	{"ksys_", false, ""},
}

// An entry is what the names of functions begin with that only lead to a system call or
// into a softirq.
type entry struct{ prefix, arch string }

var entries = []entry{
	{"entry_SYSCALL_64", "amd64"},
	{"do_syscall_64", "amd64"},
	{"x64_sys_call", "amd64"},
	{"el0t_64_sync", "arm64"},
	{"el0_svc", "arm64"},
	{"do_el0_svc", "arm64"},
	{"invoke_syscall", "arm64"},
	{"__do_softirq", ""},
	{"handle_softirqs", ""}, // since 6.8
}

// byManual are the manual's names of system calls that the kernel's functions name otherwise.
var byManual = map[string]string{"sendfile64": "sendfile"}

// SyscallOf returns the system call that a kernel function stands for, as the manual names
// it: connect(2); and whether the function is but the wrapper that unpacks its arguments.
func SyscallOf(function string) (call string, wrapper bool) {
	for _, b := range beginnings {
		if rest, ok := strings.CutPrefix(Base(function), b.prefix); ok {
			return cmp.Or(byManual[rest], rest) + "(2)", b.wrapper
		}
	}
	return "", false
}

// IsEntry tells whether a function only leads to a system call or into a softirq.
func IsEntry(function string) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return strings.HasPrefix(function, e.prefix) })
}

// ArchOf returns the architecture, by Go's name, of a function that is of one only; or "".
func ArchOf(function string) string {
	for _, b := range beginnings {
		if b.arch != "" && strings.HasPrefix(function, b.prefix) {
			return b.arch
		}
	}
	for _, e := range entries {
		if e.arch != "" && strings.HasPrefix(function, e.prefix) {
			return e.arch
		}
	}
	return ""
}
