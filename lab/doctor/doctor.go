// Package doctor examines this machine before anything is measured on it: what
// the kernel allows, what to do about the rest, and what the rest blocks.
//
// What can be tried is tried: probes are really attached, to a function that
// every kernel has, and detached again. Nothing is left behind. Without root it
// goes as far as files that everybody may read can tell.
package doctor

import (
	"slices"

	"dialpath/lab/kernel"
)

// A State is how a check came out.
type State string

// The states. What is not needed is absent, or not as good as it could be, and
// nothing that the lab does on this machine suffers from it.
const (
	OK        State = "ok"
	Missing   State = "missing"
	NotNeeded State = "not needed"
	Unknown   State = "unknown" // only root can tell
)

// A Check is one thing that the lab asks of a machine.
type Check struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Found  string `json:"found"`            // what there is
	Blocks string `json:"blocks,omitempty"` // what does not work for want of it
	Mend   string `json:"mend,omitempty"`   // what to do about it
}

// A Report is all that the doctor found, the checks in a fixed order.
type Report struct {
	Kernel  string  `json:"kernel"` // release, as uname -r prints it
	Arch    string  `json:"arch"`   // GOARCH: amd64, arm64
	Checks  []Check `json:"checks"`
	Backend string  `json:"backend"` // best that really attached; "" if none did
	Guest   bool    `json:"guest"`   // this kernel cannot run the tour: use the guest
	Verdict string  `json:"verdict"` // one line: what to do now
}

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

// Lookup returns the check of that name.
func (r Report) Lookup(name string) (Check, bool) {
	for _, c := range r.Checks {
		if c.Name == name {
			return c, true
		}
	}
	return Check{}, false
}

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
