package vm

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"dialpath/lab/whole"
)

// A kvmDevice is the machine's KVM, and where is kept what was learnt of it. The zero
// value is the real one; tests have others.
type kvmDevice struct {
	path   string // of the device
	memory string // file
}

func (k kvmDevice) device() string {
	if k.path != "" {
		return k.path
	}
	return "/dev/kvm"
}

func (k kvmDevice) file() (string, error) {
	if k.memory != "" {
		return k.memory, nil
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, "dialpath", "kvm.json"), nil
}

// lesson is what guests have taught about this machine's KVM.
type lesson struct {
	Works bool   `json:"works"`
	Why   string `json:"why,omitempty"` // it does not
	Of    string `json:"of"`            // what it was learnt of: see [kvmDevice.subject]
}

// subject names what a lesson holds for: this boot of the machine with its kernel, this
// QEMU, and this device, which is made anew when the module is loaded again with other
// settings.
func (k kvmDevice) subject() (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	var kernel unix.Utsname
	if err := unix.Uname(&kernel); err != nil {
		return "", err
	}
	parts := []string{strings.TrimSpace(string(boot)), unix.ByteSliceToString(kernel.Release[:])}
	qemu, err := exec.LookPath(qemuProgram)
	if err != nil {
		return "", err
	}
	for _, name := range []string{qemu, k.device()} {
		var s unix.Stat_t
		if err := unix.Stat(name, &s); err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%s %d %d %d.%d", name, s.Ino, s.Size, s.Ctim.Sec, s.Ctim.Nsec))
	}
	return strings.Join(parts, ", "), nil
}

// recall returns what was learnt, if it still holds.
func (k kvmDevice) recall() (l lesson, known bool) {
	file, err := k.file()
	if err != nil {
		return lesson{}, false
	}
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &l) != nil {
		return lesson{}, false
	}
	of, err := k.subject()
	return l, err == nil && l.Of == of
}

// learn keeps a lesson for the next guest. Where that cannot be done, the next one learns
// it anew.
func (k kvmDevice) learn(works bool, why string) {
	file, err := k.file()
	if err != nil {
		return
	}
	of, err := k.subject()
	if err != nil {
		return
	}
	l := lesson{works, why, of}
	if old, known := k.recall(); known && old == l {
		return
	}
	if os.MkdirAll(filepath.Dir(file), 0o755) == nil {
		_ = whole.Write(file, func(w io.Writer) error { return json.NewEncoder(w).Encode(l) })
	}
}

// atOnce is how soon a QEMU ends that cannot do what it is asked for.
const atOnce = time.Second

// blame learns from a guest that came to nothing under KVM, and returns why it did, in
// words. A QEMU that ends at once costs nothing to ask again, and may answer otherwise:
// another hypervisor has let go of the processor meanwhile. And what breaks in a guest
// that is up is its own fault, unless QEMU says that KVM could not go on.
func (k kvmDevice) blame(f *Failure) string {
	why := f.what()
	switch {
	case f.Cause == Lost:
		why = f.Detail
		if !f.Up && f.After >= atOnce {
			k.learn(false, why)
		}
	case f.Cause == Stopped:
		why = f.Detail
		k.learn(false, why)
	case !f.Up:
		k.learn(false, why)
	}
	return why
}
