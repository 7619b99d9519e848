package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing/fstest"

	"github.com/cilium/ebpf"

	"dialpath/lab/vm"
)

// files is a root directory in which some files may not be opened.
type files struct {
	fstest.MapFS
	denied map[string]error
}

func (f files) Open(name string) (fs.File, error) {
	if err := f.denied[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f.MapFS.Open(name)
}

func (f files) put(name, text string) { f.MapFS[name] = &fstest.MapFile{Data: []byte(text)} }

func (f files) link(name, to string) {
	f.MapFS[name] = &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink}
}

const (
	allCaps  = "CapEff:\t000001ffffffffff\n"
	noCaps   = "CapEff:\t0000000000000000\n"
	filters  = "sys/kernel/tracing/available_filter_functions"
	hidden   = "0000000000000000 T register_kprobe\n0000000000000000 T register_fprobe_ips\n"
	shown    = "ffffffff81200000 T register_kprobe\nffffffff81300000 T register_fprobe_ips\n"
	config   = "CONFIG_BPF_EVENTS=y\nCONFIG_KPROBES=y\nCONFIG_KPROBE_EVENTS=y\nCONFIG_DEBUG_INFO_BTF=y\n" + "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\nCONFIG_NET_NS=y\nCONFIG_VETH=m\n"
	lockdown = "sys/kernel/security/lockdown"
)

// A machine is a System that tests change.
type machine struct {
	System
	files
	refused map[string]error // by backend
}

// full is a machine on which everything works: Debian 13's.
func full() *machine {
	f := files{MapFS: fstest.MapFS{}, denied: map[string]error{}}
	f.put("proc/self/status", "Name:\tlab\nNSpid:\t4711\n"+allCaps)
	f.link("proc/self/ns/user", firstUserNamespace)
	f.link("proc/self/ns/pid", firstPIDNamespace)
	f.put("proc/kallsyms", shown)
	f.put("proc/version", "Linux version 6.12.107+deb13-amd64 (gcc) #1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1\n")
	f.put("proc/sys/kernel/kptr_restrict", "0\n")
	f.put("proc/sys/kernel/unprivileged_bpf_disabled", "2\n")
	f.put("proc/sys/kernel/perf_event_paranoid", "3\n")
	f.put("proc/sys/kernel/ftrace_enabled", "1\n")
	f.put("sys/kernel/debug/kprobes/enabled", "1\n")
	f.put("sys/kernel/btf/vmlinux", strings.Repeat("B", 5_500_000))
	f.put(lockdown, "[none] integrity confidentiality\n")
	f.put(filters, "tcp_connect\n")
	m := &machine{files: f, refused: map[string]error{}}
	m.setRelease("6.12.107+deb13-amd64")
	m.put("boot/config-"+m.Release, config+"CONFIG_FPROBE=y\n")
	m.System.Files = f
	m.LookPath = func(name string) (string, error) { return "/usr/bin/" + name, nil }
	m.Go = func() (string, error) { return "go1.26.8", nil }
	m.Attach = func(backend string) error { return m.refused[backend] }
	m.Network = func() error { return nil }
	m.KVM = func() vm.KVMTrial { return vm.KVMTrial{Tried: true, Works: true} }
	return m
}

func (m *machine) setRelease(release string) { m.Release, m.Arch = release, "amd64" }

// unprivileged makes the user an ordinary one.
func (m *machine) unprivileged() {
	m.UID = 1000
	m.put("proc/self/status", "NSpid:\t4711\n"+noCaps)
	m.put("proc/kallsyms", hidden)
	m.denied[filters] = syscall.EACCES
	m.refuseAll(errMemlock)
	m.Network = func() error { return fmt.Errorf("make a network namespace: %w", syscall.EPERM) }
	m.KVM = func() vm.KVMTrial {
		return vm.KVMTrial{Err: &fs.PathError{Op: "open", Path: "/dev/kvm", Err: syscall.EACCES}}
	}
}

func (m *machine) refuseAll(err error) {
	for _, backend := range backends {
		m.refused[backend] = err
	}
}

// The errors that cilium/ebpf really returns, misleading words included.
var (
	errMemlock  = fmt.Errorf("load program: %w (MEMLOCK may be too low, consider rlimit.RemoveMemlock)", syscall.EPERM)
	errTooOld   = fmt.Errorf("bpf_link_kprobe_multi not supported (requires >= v5.18): %w", ebpf.ErrNotSupported)
	errNoKprobe = errors.New("creating tracefs event: neither debugfs nor tracefs are mounted")
	noQEMU      = func(name string) (string, error) { return "", errors.New(name + ": not found") }
	noKVM       = func() vm.KVMTrial {
		return vm.KVMTrial{Err: &fs.PathError{Op: "open", Path: "/dev/kvm", Err: syscall.ENOENT}}
	}
)

// bare is a small kernel for virtual machines: no kprobes, and its fentry refused.
func bare() *machine {
	m := full()
	m.setRelease("6.18.44")
	m.put("boot/config-"+m.Release, strings.ReplaceAll(config, "CONFIG_KPROBES=y", "# CONFIG_KPROBES is not set"))
	m.put("proc/kallsyms", "ffffffff81200000 T register_ftrace_direct\n")
	delete(m.MapFS, lockdown)
	delete(m.MapFS, "sys/kernel/debug/kprobes/enabled")
	m.denied[filters] = syscall.EPERM
	m.refused[kprobeMulti], m.refused[kprobe], m.refused[fentry] = errTooOld, errNoKprobe, errMemlock
	m.put(".dockerenv", "")
	m.LookPath, m.KVM = noQEMU, noKVM
	return m
}

// machines are those that the golden files show.
var machines = map[string]func() *machine{
	"full": full,
	"bare": bare,
	"no-fprobe": func() *machine { // Debian 12
		m := full()
		m.setRelease("6.1.0-44-amd64")
		m.put("boot/config-"+m.Release, config+"# CONFIG_FPROBE is not set\n")
		m.refused[kprobeMulti] = errTooOld
		return m
	},
	"not-root": func() *machine {
		m := full()
		m.unprivileged()
		return m
	},
	"not-root-bare": func() *machine {
		m := bare()
		m.unprivileged()
		return m
	},
	"confidentiality": func() *machine {
		m := full()
		m.put(lockdown, "none integrity [confidentiality]\n")
		m.denied[filters] = syscall.EPERM
		m.refused[kprobe] = fmt.Errorf("attach: %w", syscall.EPERM) // 6.12 allows the others
		return m
	},
	"kptr-restrict": func() *machine {
		m := full()
		m.put("proc/sys/kernel/kptr_restrict", "2\n")
		m.put("proc/kallsyms", hidden)
		return m
	},
	"no-tracefs": func() *machine {
		m := full()
		delete(m.MapFS, filters)
		return m
	},
	"pid-namespace": func() *machine {
		m := full()
		m.link("proc/self/ns/pid", "pid:[4026532201]")
		m.put("run/.containerenv", "")
		return m
	},
	"container": func() *machine { // root, but not of the kernel
		m := full()
		m.put("proc/self/status", "NSpid:\t1\nCapEff:\t00000000a80425fb\n")
		m.put("proc/kallsyms", hidden)
		m.put(".dockerenv", "")
		m.denied[filters] = syscall.EACCES
		m.refuseAll(errMemlock)
		m.Network = func() error { return fmt.Errorf("make a network namespace: %w", syscall.EPERM) }
		m.LookPath, m.KVM = noQEMU, noKVM
		return m
	},
	"old": func() *machine {
		m := full()
		m.setRelease("5.10.0-30-amd64")
		m.put("boot/config-"+m.Release, config)
		m.refused[kprobeMulti], m.refused[fentry] = errTooOld, errTooOld
		return m
	},
}
