package doctor

import (
	"errors"
	"io/fs"
	"syscall"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
)

// backends judges the trials, each by itself and then beside the others: where
// one works, those after it are not needed.
func (f findings) backends() []Check {
	checks := make([]Check, len(backends))
	for i, name := range backends {
		checks[i] = f.trial(name)
	}
	multi, single, fentry := &checks[0], &checks[1], &checks[2]
	if single.State == OK && multi.State == Missing {
		multi.State = NotNeeded
		multi.Found += "; single kprobes do the same, slower"
		multi.Blocks, multi.Mend = "", ""
	}
	if multi.State == OK && single.State == Missing {
		dispense(single)
	}
	if (multi.State == OK || single.State == OK) && fentry.State == Missing {
		dispense(fentry)
	}
	return checks
}

// dispense marks what is missing and not needed.
func dispense(c *Check) {
	c.State, c.Blocks, c.Mend = NotNeeded, "", ""
}

// trial judges how attaching by one backend went.
func (f findings) trial(name string) Check {
	fact, err := factOf(name), f.attached[name]
	c := Check{Name: name, State: Missing, Blocks: fact.blocks, Mend: useGuest}
	since := fact.SinceOn(f.arch)
	v, known := kernel.ParseVersion(f.release)
	setting, mend := f.silencer(name)
	switch {
	case err == nil && setting != "":
		c.Found = "attached to " + canary + ", but will never fire: " + setting
		c.Mend = mend
	case err == nil:
		c = Check{Name: name, State: OK, Found: "attached to " + target(name) + ", and detached again"}
	case known && v.Before(since):
		c.Found = "this kernel is too old: the lab needs " + since.String() + " or later for it"
	case f.lacks(fact) != "":
		c.Found = "this kernel was built without " + f.lacks(fact)
	case f.lockdown == "confidentiality":
		c.Found = "refused by lockdown=confidentiality"
		c.Mend = "see lockdown"
	case !f.privileged():
		return f.untried(c, err)
	case errors.Is(err, errors.ErrUnsupported) || reason(err) == "":
		c.Found = "this kernel does not have it"
	default:
		c.Found = "refused, even to root: " + reason(err)
	}
	return c
}

// untried completes the check of a trial that somebody without privileges cannot
// make.
func (f findings) untried(c Check, err error) Check {
	if f.uid == 0 {
		return f.withheld(c, "refused: "+reason(err))
	}
	found := "root is needed to try it"
	if f.builtWith(factOf(c.Name)) == yes {
		found = "this kernel was built for it; root is needed to try it"
	}
	if errors.Is(err, syscall.EACCES) && f.paranoid != "" {
		found += " (kernel.perf_event_paranoid=" + f.paranoid + ")"
	}
	return f.withheld(c, found)
}

// silencer returns the setting that keeps attached probes from firing, and how to
// change it.
func (f findings) silencer(name string) (setting, mend string) {
	switch {
	case name == tracepoint:
		return "", ""
	case f.ftraceOff:
		return "kernel.ftrace_enabled=0", "sudo sysctl kernel.ftrace_enabled=1"
	case f.kprobesOff && name == kprobe:
		return "kprobes are switched off", "echo 1 | sudo tee /sys/kernel/debug/kprobes/enabled"
	}
	return "", ""
}

func target(name string) string {
	if name == tracepoint {
		return canaryTracepoint
	}
	return canary
}

// reason says what the kernel said, without what libraries add: cilium/ebpf takes
// any EPERM for a low RLIMIT_MEMLOCK, and any failure of kprobe.multi for a
// kernel before 5.18.
func reason(err error) string {
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return errno.Error() + " (" + unix.ErrnoName(errno) + ")"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	return ""
}
