package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"dialpath/lab/kernel"
)

// useGuest is what to do where this kernel cannot be helped.
const useGuest = "use the guest: lab vm -- VERB"

func (f findings) kernel() Check {
	c := Check{Name: "kernel", State: OK, Found: f.release + "; the lab needs " + kernel.Oldest.String() + " or later"}
	if v, ok := kernel.ParseVersion(f.release); ok && v.Before(kernel.Oldest) {
		c.State = Missing
		c.Blocks = "every probe: attach cookies came with " + kernel.Oldest.String()
		c.Mend = useGuest
	}
	return c
}

// softirqs is never in the way, but with PREEMPT_RT a softirq is a thread's work
// like any other: it can be preempted, and the mark that tells contexts apart then
// stays where it is while something else runs.
func (f findings) softirqs() Check {
	if !f.realtime {
		return Check{Name: "softirqs", State: OK, Found: "run to their end, so contexts can be told apart"}
	}
	return Check{
		Name: "softirqs", State: Missing,
		Found:  "PREEMPT_RT: softirqs can be preempted by other work",
		Blocks: "telling contexts apart: process, NET_RX and TIMER are not to be trusted",
		Mend:   useGuest,
	}
}

// A capability is a bit of CapEff: include/uapi/linux/capability.h.
type capability struct {
	name string
	bit  int
}

const (
	netAdmin = 12
	sysAdmin = 21
	syslog   = 34
	perfmon  = 38
	bpf      = 39
)

// needed are the capabilities that root is asked for.
var needed = []capability{
	{"CAP_BPF", bpf},            // programs and maps
	{"CAP_PERFMON", perfmon},    // probes
	{"CAP_SYS_ADMIN", sysAdmin}, // namespaces
	{"CAP_NET_ADMIN", netAdmin}, // veth
	{"CAP_SYSLOG", syslog},      // addresses in /proc/kallsyms
}

func (f findings) has(bit int) bool { return f.caps&(1<<bit) != 0 }

// without returns the needed capabilities that this process has not.
// CAP_SYS_ADMIN stands for CAP_PERFMON and CAP_BPF, as it did before 5.8.
func (f findings) without() []string {
	var names []string
	for _, c := range needed {
		implied := (c.bit == perfmon || c.bit == bpf) && f.has(sysAdmin)
		if !f.has(c.bit) && !implied {
			names = append(names, c.name)
		}
	}
	return names
}

func (f findings) privileged() bool { return len(f.without()) == 0 && !f.userns }

func (f findings) privileges() Check {
	c := Check{Name: "privileges", State: OK, Found: "root"}
	if f.uid != 0 {
		c.Found = fmt.Sprintf("user %d with all capabilities that are needed", f.uid)
	}
	if f.privileged() {
		return c
	}
	c.State = Missing
	c.Blocks = "recording on this kernel; replaying (-r FILE) and the guest need no root"
	switch without := strings.Join(f.without(), ", "); {
	case f.uid == 0 && f.userns:
		c.Found = "root of a user namespace only"
		c.Mend = "run it outside of this container, or " + useGuest
	case f.uid == 0:
		c.Found = "root without " + without
		c.Mend = "start the container with --privileged, or " + useGuest
	default:
		c.Found = fmt.Sprintf("user %d without %s", f.uid, without)
		c.Mend = "run it as root: sudo lab VERB"
		// 0 lets users load socket filters, never tracing programs.
		if f.unprivileged != "" {
			c.Found += "; kernel.unprivileged_bpf_disabled=" + f.unprivileged
		}
	}
	return c
}

func (f findings) lockdownMode() Check {
	c := Check{Name: "lockdown", State: OK, Found: f.lockdown}
	switch f.lockdown {
	case "":
		c.State = NotNeeded
		c.Found = "unknown: securityfs is not mounted; the trials below tell"
	case "none":
	case "integrity":
		c.Found = "integrity, which allows tracing"
	case "confidentiality":
		c.State = Missing
		c.Found = "confidentiality: the kernel hides its memory even from root"
		c.Blocks = "single kprobes, every probe that reads the kernel's memory, and tracefs"
		c.Mend = "take lockdown= off the kernel's command line, or " + useGuest
	}
	return c
}

func (f findings) btf() Check {
	c := Check{Name: btf, State: OK}
	if f.btfSize > 0 {
		c.Found = fmt.Sprintf("/sys/kernel/btf/vmlinux, %.1f MB", float64(f.btfSize)/1e6)
		return c
	}
	return f.lacking(Check{Name: btf, Found: "no /sys/kernel/btf/vmlinux"})
}

// withheld completes a check of what is kept from somebody without privileges:
// root may know more, unless this is root already, as far as a container's goes.
func (f findings) withheld(c Check, found string) Check {
	if f.uid == 0 {
		c.State, c.Found, c.Mend = Missing, found, "see privileges"
		return c
	}
	c.State, c.Found, c.Blocks, c.Mend = Unknown, found, "", ""
	return c
}

// lacking completes a check for something that the kernel has not.
func (f findings) lacking(c Check) Check {
	fact := factOf(c.Name)
	c.State, c.Blocks, c.Mend = Missing, fact.blocks, useGuest
	if option := f.lacks(fact); option != "" {
		c.Found = "this kernel was built without " + option
	}
	return c
}

func (f findings) kallsyms() Check {
	c := Check{Name: "kallsyms", State: OK, Found: "names and addresses of the kernel's functions"}
	if f.addresses {
		return c
	}
	c.State, c.Blocks = Missing, "naming the functions in kernel stacks: lab stack, tour"
	switch {
	case len(f.symbols) == 0:
		c.Found = "/proc/kallsyms is empty or not there"
		c.Blocks = "finding functions, and " + c.Blocks
		c.Mend = useGuest
	case f.kptr == "2":
		c.Found = "names without addresses: kernel.kptr_restrict=2 hides them from root too"
		c.Mend = "sudo sysctl kernel.kptr_restrict=1"
	case !f.privileged():
		return f.withheld(c, "names; addresses are for root")
	default:
		c.Found = "names without addresses (kernel.kptr_restrict=" + f.kptr + ")"
		c.Mend = "sudo sysctl kernel.kptr_restrict=0"
	}
	return c
}

// tracefs is never missed: names then come from kallsyms and BTF, and some that
// cannot be probed are tried in vain.
func (f findings) tracefs() Check {
	c := Check{Name: "tracefs", State: OK, Found: f.tracing + "/available_filter_functions"}
	switch {
	case f.tracing == "":
		c.State = NotNeeded
		c.Found = "not mounted; names come from kallsyms and BTF instead"
		c.Mend = "sudo mount -t tracefs tracefs /sys/kernel/tracing"
	case f.filter == nil:
	case errors.Is(f.filter, fs.ErrPermission) && f.uid != 0:
		return f.withheld(c, f.tracing+" is for root")
	default:
		c.State = NotNeeded
		c.Found = f.tracing + " cannot be read: " + reason(f.filter) + "; names come from kallsyms and BTF instead"
	}
	return c
}
