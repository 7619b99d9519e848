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

// subject names what a lesson holds for: this boot of the machine with its kernel, and this
// QEMU.
func (k kvmDevice) subject() (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	var kernel unix.Utsname
	if err := unix.Uname(&kernel); err != nil {
		return "", err
	}
	qemu, err := exec.LookPath(qemuProgram)
	if err != nil {
		return "", err
	}
	var file unix.Stat_t
	if err := unix.Stat(qemu, &file); err != nil {
		return "", err
	}
	return fmt.Sprintf("boot %s of Linux %s, %s %d %d %d.%d", strings.TrimSpace(string(boot)), unix.ByteSliceToString(kernel.Release[:]),
		qemu, file.Ino, file.Size, file.Ctim.Sec, file.Ctim.Nsec), nil
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

// atOnce is how soon a QEMU ends that cannot do what it is asked for. To ask it again costs
// nothing, and it may answer otherwise: another hypervisor has let go of the processor
// meanwhile.
const atOnce = time.Second

// blames tells whether a guest that came to nothing under KVM did so by its fault for
// certain: QEMU says that it could not go on, or crashes on the way up, or there was time
// enough, and not a word.
func (f *Failure) blames() bool {
	return f.Crashed && !f.Up || f.Cause == Stopped || f.Cause == Silent && f.Detail == "" && len(f.Console) == 0
}

// suspects tells whether it may have been so: if the same guest comes up by software
// emulation, it was. What breaks in a guest that is up is its own affair.
func (f *Failure) suspects() bool {
	busy := f.Cause == Silent && f.Detail != ""
	return !f.Up && !busy && f.After >= atOnce
}

// reason is why a guest came to nothing under KVM, in words.
func (f *Failure) reason() string {
	if f.Cause == Stopped || f.Cause == Lost {
		return f.Detail
	}
	return f.what()
}
