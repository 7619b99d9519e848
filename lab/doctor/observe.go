package doctor

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"dialpath/lab/vm"
)

// findings are what was seen of a machine. A zero field was not to be seen.
type findings struct {
	release string
	arch    string
	uid     int

	caps      uint64 // effective capabilities, a bit each
	userns    bool   // in a user namespace: root here is not the kernel's
	pidns     bool   // in a PID namespace of its own
	container string // "a Docker container", "WSL", …; "" if it is none

	config    map[string]bool // options that are on; nil if the kernel hides its configuration
	realtime  bool            // PREEMPT_RT
	symbols   map[string]bool // all true: those of facts that the kernel has; the key "" if it shows any
	addresses bool            // it shows their addresses too
	kptr      string          // kernel.kptr_restrict

	btfSize      int64
	lockdown     string // none, integrity or confidentiality
	tracing      string // directory of tracefs; "" if it is not mounted
	filter       error  // of opening its available_filter_functions
	unprivileged string // kernel.unprivileged_bpf_disabled
	paranoid     string // kernel.perf_event_paranoid

	ftraceOff  bool // kernel.ftrace_enabled=0: what attaches by ftrace never fires
	kprobesOff bool // /sys/kernel/debug/kprobes/enabled is 0

	attached map[string]error // by backend
	veth     error
	kvm      vm.KVMTrial
	qemuPath string
	goFound  string
}

// observe looks and tries.
func (s System) observe() findings {
	f := findings{release: s.Release, arch: s.Arch, uid: s.UID}
	s.observeProcess(&f)
	s.observeKernel(&f)
	s.observeTracing(&f)
	f.attached = make(map[string]error)
	for _, backend := range backends {
		f.attached[backend] = s.Attach(backend)
	}
	f.veth = s.Network()
	if s.KVM != nil {
		f.kvm = s.KVM()
	}
	f.qemuPath, _ = s.LookPath(qemuFor(s.Arch))
	f.goFound, _ = s.Go()
	return f
}

// The inodes of the first user and PID namespace are the same on every kernel:
// include/linux/proc_ns.h, PROC_USER_INIT_INO and PROC_PID_INIT_INO.
const (
	firstUserNamespace = "user:[4026531837]"
	firstPIDNamespace  = "pid:[4026531836]"
)

func (s System) observeProcess(f *findings) {
	for line := range strings.Lines(s.text("proc/self/status")) {
		if value, ok := strings.CutPrefix(line, "CapEff:"); ok {
			f.caps, _ = strconv.ParseUint(strings.TrimSpace(value), 16, 64)
		}
		if value, ok := strings.CutPrefix(line, "NSpid:"); ok && len(strings.Fields(value)) > 1 {
			f.pidns = true
		}
	}
	if ns, err := fs.ReadLink(s.Files, "proc/self/ns/user"); err == nil {
		f.userns = ns != firstUserNamespace
	}
	if ns, err := fs.ReadLink(s.Files, "proc/self/ns/pid"); err == nil {
		f.pidns = f.pidns || ns != firstPIDNamespace
	}
	f.container = s.container()
}

func (s System) container() string {
	switch {
	case strings.Contains(strings.ToLower(s.Release), "microsoft"):
		return "WSL"
	case s.exists(".dockerenv"):
		return "a Docker container"
	case s.exists("run/.containerenv"):
		return "a Podman container"
	}
	if kind := s.text("run/systemd/container"); kind != "" { // lxc, systemd-nspawn, …
		return "a container (" + kind + ")"
	}
	return ""
}

func (s System) observeKernel(f *findings) {
	f.config = s.kernelConfig()
	f.realtime = strings.Contains(s.text("proc/version"), "PREEMPT_RT")
	s.observeSymbols(f)
	f.kptr = s.text("proc/sys/kernel/kptr_restrict")
	f.unprivileged = s.text("proc/sys/kernel/unprivileged_bpf_disabled")
	f.paranoid = s.text("proc/sys/kernel/perf_event_paranoid")
	if info, err := fs.Stat(s.Files, "sys/kernel/btf/vmlinux"); err == nil {
		f.btfSize = info.Size()
	}
	// The mode in force stands in brackets: none [integrity] confidentiality.
	if _, rest, ok := strings.Cut(s.text("sys/kernel/security/lockdown"), "["); ok {
		f.lockdown, _, _ = strings.Cut(rest, "]")
	}
}

// kernelConfig reads the kernel's configuration from where kernels and
// distributions put it, or returns nil.
func (s System) kernelConfig() map[string]bool {
	if packed, err := fs.ReadFile(s.Files, "proc/config.gz"); err == nil {
		if r, err := gzip.NewReader(bytes.NewReader(packed)); err == nil {
			if text, err := io.ReadAll(r); err == nil {
				return parseConfig(string(text))
			}
		}
	}
	for _, name := range []string{"boot/config-" + s.Release, "lib/modules/" + s.Release + "/config"} {
		if text, err := fs.ReadFile(s.Files, name); err == nil {
			return parseConfig(string(text))
		}
	}
	return nil
}

// observeSymbols reads /proc/kallsyms, whose names everybody may read, and whose
// addresses are zeros for those who may not.
func (s System) observeSymbols(f *findings) {
	file, err := s.Files.Open("proc/kallsyms")
	if err != nil {
		return
	}
	defer file.Close()
	wanted := make(map[string]bool)
	for _, fact := range facts {
		wanted[fact.Symbol] = fact.Symbol != ""
	}
	f.symbols = make(map[string]bool)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		address, rest, _ := bytes.Cut(lines.Bytes(), []byte(" "))
		f.symbols[""] = true
		f.addresses = f.addresses || len(bytes.Trim(address, "0")) > 0
		if _, name, ok := bytes.Cut(rest, []byte(" ")); ok && wanted[string(name)] {
			f.symbols[string(name)] = true
		}
	}
}

func (s System) observeTracing(f *findings) {
	for _, dir := range []string{"sys/kernel/tracing", "sys/kernel/debug/tracing"} {
		file, err := s.Files.Open(dir + "/available_filter_functions")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			file.Close()
		}
		f.tracing, f.filter = "/"+dir, err
		break
	}
	f.ftraceOff = s.text("proc/sys/kernel/ftrace_enabled") == "0"
	f.kprobesOff = s.text("sys/kernel/debug/kprobes/enabled") == "0"
}

// text returns a small file without its last newline, or "".
func (s System) text(name string) string {
	b, err := fs.ReadFile(s.Files, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func (s System) exists(name string) bool {
	_, err := fs.Stat(s.Files, name)
	return err == nil
}

// qemuFor names the emulator of an architecture.
func qemuFor(arch string) string {
	if arch == "arm64" {
		return "qemu-system-aarch64"
	}
	return "qemu-system-x86_64"
}
