package vm

import (
	"cmp"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// An Accel says what is to run the guest's instructions.
type Accel string

// The ways. A processor that runs guests by itself is some five times as fast.
const (
	Auto Accel = "auto" // KVM if a guest is heard under it, else software emulation
	KVM  Accel = "kvm"  // the processor itself, or no guest at all
	TCG  Accel = "tcg"  // software emulation, which works everywhere
)

// AccelEnv is the environment variable that chooses for a [Guest] which does not.
const AccelEnv = "DIALPATH_ACCEL"

// ParseAccel reads the name of a way; the empty one is what [AccelEnv] says, or [Auto].
func ParseAccel(name string) (Accel, error) {
	from := "the way to run a guest"
	if name == "" {
		name, from = os.Getenv(AccelEnv), AccelEnv
	}
	switch a := Accel(cmp.Or(name, string(Auto))); a {
	case Auto, KVM, TCG:
		return a, nil
	}
	return "", fmt.Errorf("%s is %q: choose %s, %s or %s", from, name, Auto, KVM, TCG)
}

// An accelerator is what QEMU and the guest's kernel are told for one of the ways.
type accelerator struct {
	name       string
	args       []string // QEMU's
	kernelArgs string
	unpacks    bool // the host unpacks the kernel: see [openKernel]
}

// Software emulation has one CPU in every respect: QEMU 7.2 races with itself on the
// kernel's patched text when it has two. And its CMPXCHG16B is not for the kernel, which
// is told to leave it alone. Programs may use it, and must see it: without, a processor is
// below x86-64-v2, for which some are built. What says that REP MOVSB and REP STOSB are fast
// (ERMS, FSRM) is hidden: emulated, they go byte by byte, and kernel and Go have other ways.
// The tour needs a seventh less of the machine's time without.
var (
	byKVM = accelerator{"KVM", []string{"-accel", "kvm", "-cpu", "host"}, "", false}
	byTCG = accelerator{"software emulation", []string{"-accel", "tcg", "-cpu", "max,-erms,-fsrm"}, " clearcpuid=cx16", true}
)

// A start is one way to boot a guest, and how long it may take to its first word.
type start struct {
	accelerator
	patience time.Duration
	note     string // why it is this one, for the log
}

const (
	// kvmPatience is how long a guest may take under a KVM that has run none before: one
	// that works needs less than a second, and one that does not must not cost much more.
	kvmPatience = 4 * time.Second
	// bootLimit is for all others. Software emulation needs some four seconds.
	bootLimit = time.Minute
)

// starts returns the ways in which to try it, one after another. That /dev/kvm opens
// proves nothing: only a guest that has spoken does.
func (g Guest) starts() ([]start, error) {
	accel, err := ParseAccel(string(g.Accel))
	if err != nil {
		return nil, err
	}
	emulated := start{byTCG, bootLimit, ""}
	if accel == TCG {
		return []start{emulated}, nil
	}
	opens := g.kvm.opens()
	if accel == KVM {
		if opens != nil {
			return nil, fmt.Errorf("boot a guest by KVM: %w: let it be chosen, by --accel %s", opens, Auto)
		}
		return []start{{byKVM, bootLimit, ""}}, nil
	}
	if opens != nil {
		return []start{emulated}, nil
	}
	learnt, known := g.kvm.recall()
	switch {
	case known && learnt.Works:
		return []start{{byKVM, bootLimit, ""}, emulated}, nil
	case known:
		emulated.note = ": KVM runs none here"
		return []start{emulated}, nil
	}
	return []start{{byKVM, kvmPatience, ""}, emulated}, nil
}

// opens tells why the device cannot be opened, if so.
func (k kvmDevice) opens() error {
	fd, err := unix.Open(k.device(), unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: k.device(), Err: err}
	}
	return unix.Close(fd)
}
