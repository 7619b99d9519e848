// Package doctor examines this machine before anything is measured on it: what
// the kernel allows, what to do about the rest, and what the rest blocks.
//
// What can be tried is tried: probes are really attached, to a function that
// every kernel has, and detached again. Nothing is left behind. Without root it
// goes as far as files that everybody may read can tell.
package doctor

import (
	"slices"

	"dialpath/lab/doctor/report"
	"dialpath/lab/kernel"
)

// What the doctor says is plain data, so that whoever shows it needs no kernel.
type (
	State  = report.State
	Check  = report.Check
	Report = report.Report
)

// The states of a check.
const (
	OK        = report.OK
	Missing   = report.Missing
	NotNeeded = report.NotNeeded
	Unknown   = report.Unknown
)

// Examine examines this machine. It takes some tenths of a second, and where there is KVM,
// once after each start of the machine, as long as a guest takes to say something.
func Examine() Report { return Host().Examine() }

// NeedsGuest tells whether this kernel cannot run the tour. It takes some tenths of a second.
func NeedsGuest() bool {
	s := Host()
	s.KVM = nil
	return s.Examine().Guest
}

// Examine examines the machine that s describes.
func (s System) Examine() Report { return s.observe().report() }

// report judges. It is pure: all of the world that it knows is f.
func (f findings) report() Report {
	backends := f.backends()
	r := Report{
		Kernel: f.release,
		Arch:   f.arch,
		Checks: []Check{f.kernel(), f.softirqs(), f.privileges(), f.lockdownMode(), f.btf(), f.kallsyms(), f.tracefs()},
	}
	unfit := f.unfit(backends)
	r.Guest = unfit != ""
	r.Checks = append(r.Checks, backends...)
	r.Checks = append(r.Checks, f.network(), f.processes(), f.goCommand(), f.qemu(r.Guest), f.kvmCheck(r.Guest))
	for _, c := range backends {
		if c.State == OK {
			r.Backend = c.Name
			break
		}
	}
	r.Verdict = f.verdict(r.Backend, unfit)
	return r
}

const noKprobes = "no kprobes here"

// unfit says why this kernel, as it stands, cannot run the tour, not even for
// root; or nothing.
func (f findings) unfit(backends []Check) string {
	switch missing := func(c Check) bool { return c.State == Missing }; {
	case missing(f.kernel()):
		return "older than " + kernel.Oldest.String()
	case missing(f.lockdownMode()):
		return "lockdown=" + f.lockdown
	case missing(f.btf()):
		return "this kernel has no BTF"
	case f.uid == 0 && missing(f.privileges()):
		return "root of this container is not root enough"
	case missing(f.network()):
		return "no veth here"
	case slices.ContainsFunc(backends, useful):
		return ""
	}
	return noKprobes
}

// useful reports whether a backend counts functions, or might if root tried it.
func useful(c Check) bool {
	return (c.Name == kprobeMulti || c.Name == kprobe) && (c.State == OK || c.State == Unknown)
}

// verdict says in one line what to do now.
func (f findings) verdict(backend, unfit string) string {
	switch {
	case unfit == noKprobes && backend != "":
		return "Use the guest: lab vm -- tour   (" + unfit + "; backend: " + backend + ")"
	case unfit != "":
		return "Use the guest: lab vm -- tour   (" + unfit + ")"
	case backend == kprobeMulti:
		return "This kernel gives kprobe.multi: every claim can be measured here."
	case backend == kprobe:
		return "This kernel gives kprobe: every claim can be measured; attaching takes seconds."
	}
	for _, name := range []string{kprobeMulti, kprobe} {
		if f.builtWith(factOf(name)) == yes {
			return "Be root: sudo lab doctor   (this kernel was built for " + name + ")"
		}
	}
	return "Be root to know: sudo lab doctor   (without root: lab vm -- tour)"
}
