package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/view"
	"dialpath/lab/vm"
)

// Where there is KVM, the doctor boots this program.
func TestMain(m *testing.M) {
	vm.Init()
	os.Exit(m.Run())
}

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, machine := range machines {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := view.Doctor(&got, machine().Examine(), view.Style{}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(got.String()) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > view.Width {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			file := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("differs from %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// Whether the guest is needed decides what make lab does.
func TestBackendAndGuest(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		backend string
		guest   bool
	}{
		"full":            {kprobeMulti, false},
		"bare":            {tracepoint, true},
		"no-fprobe":       {kprobe, false},
		"not-root":        {"", false},
		"not-root-bare":   {"", true},
		"confidentiality": {kprobeMulti, true},
		"kptr-restrict":   {kprobeMulti, false},
		"no-tracefs":      {kprobeMulti, false},
		"pid-namespace":   {kprobeMulti, false},
		"container":       {"", true},
		"old":             {kprobe, true},
	}
	for name, machine := range machines {
		want, ok := tests[name]
		if !ok {
			t.Errorf("no test of %s", name)
		}
		if r := machine().Examine(); r.Backend != want.backend || r.Guest != want.guest {
			t.Errorf("%s: backend %q, guest %v, want %q, %v", name, r.Backend, r.Guest, want.backend, want.guest)
		}
	}
}

func TestSingleChecks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*machine)
		want   Check
	}{
		{
			"probes that never fire", func(m *machine) { m.put("proc/sys/kernel/ftrace_enabled", "0\n") },
			Check{
				Name: kprobeMulti, State: Missing,
				Found:  "attached to tcp_connect, but will never fire: kernel.ftrace_enabled=0",
				Blocks: factOf(kprobeMulti).blocks, Mend: "sudo sysctl kernel.ftrace_enabled=1",
			},
		},
		{
			"kprobes switched off", func(m *machine) {
				m.refused[kprobeMulti] = errTooOld
				m.put("sys/kernel/debug/kprobes/enabled", "0\n")
			},
			Check{
				Name: kprobe, State: Missing,
				Found:  "attached to tcp_connect, but will never fire: kprobes are switched off",
				Blocks: factOf(kprobe).blocks, Mend: "echo 1 | sudo tee /sys/kernel/debug/kprobes/enabled",
			},
		},
		{
			"arm64 before 6.14", func(m *machine) {
				m.Arch = "arm64"
				m.refused[kprobeMulti] = errTooOld
			},
			Check{
				Name: kprobeMulti, State: NotNeeded,
				Found: "this kernel is too old: the lab needs 6.14 or later for it; single kprobes do the same, slower",
			},
		},
		{
			"no configuration, no function", func(m *machine) {
				delete(m.MapFS, "boot/config-"+m.Release)
				m.put("proc/kallsyms", "ffffffff81200000 T register_kprobe\n")
				m.refused[kprobeMulti] = errTooOld
			},
			Check{
				Name: kprobeMulti, State: NotNeeded,
				Found: "this kernel was built without CONFIG_FPROBE; single kprobes do the same, slower",
			},
		},
		{
			"refused for no reason that we know", func(m *machine) {
				m.refuseAll(fmt.Errorf("attach: %w", syscall.EBUSY))
			},
			Check{
				Name: kprobe, State: Missing,
				Found:  "refused, even to root: device or resource busy (EBUSY)",
				Blocks: factOf(kprobe).blocks, Mend: useGuest,
			},
		},
		{
			"KVM that makes machines, and runs none", func(m *machine) {
				m.refuseAll(errMemlock)
				m.KVM = func() vm.KVMTrial {
					return vm.KVMTrial{Tried: true, Why: "internal-error: KVM internal error. Suberror: 1"}
				}
			},
			Check{
				Name: "KVM", State: NotNeeded,
				Found: "/dev/kvm opens, but a guest did not run (internal-error: KVM internal error. Suberror: 1): " +
					"the guest runs in software emulation",
				Mend: "to try again: lab vm --accel kvm -- doctor",
			},
		},
		{
			"KVM that no guest has tried", func(m *machine) { m.KVM = func() vm.KVMTrial { return vm.KVMTrial{} } },
			Check{Name: "KVM", State: NotNeeded, Found: "/dev/kvm opens; whether a guest runs under it, the first one will show"},
		},
		{
			"root of a user namespace", func(m *machine) { m.link("proc/self/ns/user", "user:[4026532200]") },
			Check{
				Name: "privileges", State: Missing, Found: "root of a user namespace only",
				Blocks: "recording on this kernel; replaying (-r FILE) and the guest need no root",
				Mend:   "run it outside of this container, or use the guest: lab vm -- VERB",
			},
		},
		{
			"capabilities without root", func(m *machine) { m.UID = 1000 },
			Check{Name: "privileges", State: OK, Found: "user 1000 with all capabilities that are needed"},
		},
		{
			"tracefs in its old place", func(m *machine) {
				delete(m.MapFS, filters)
				m.put("sys/kernel/debug/tracing/available_filter_functions", "tcp_connect\n")
			},
			Check{Name: "tracefs", State: OK, Found: "/sys/kernel/debug/tracing/available_filter_functions"},
		},
		{
			"modules of another kernel", func(m *machine) {
				m.Network = func() error { return fmt.Errorf("make a veth pair: %w", syscall.EOPNOTSUPP) }
			},
			Check{
				Name: network, State: Missing, Found: "the module veth cannot be loaded", Blocks: factOf(network).blocks,
				Mend: "install the modules of the running kernel (Ubuntu: linux-modules-extra-6.12.107+deb13-amd64), " +
					"or reboot into the kernel that is installed",
			},
		},
		{
			"no BTF", func(m *machine) {
				delete(m.MapFS, "sys/kernel/btf/vmlinux")
				m.put("boot/config-"+m.Release, strings.ReplaceAll(config, "CONFIG_DEBUG_INFO_BTF=y", ""))
			},
			Check{
				Name: btf, State: Missing, Found: "this kernel was built without CONFIG_DEBUG_INFO_BTF",
				Blocks: factOf(btf).blocks, Mend: useGuest,
			},
		},
		{
			"WSL", func(m *machine) { m.setRelease("6.6.87.2-microsoft-standard-WSL2") },
			Check{Name: "processes", State: OK, Found: "the machine's own PID namespace; this is WSL"},
		},
		{
			"container of another kind", func(m *machine) { m.put("run/systemd/container", "lxc\n") },
			Check{Name: "processes", State: OK, Found: "the machine's own PID namespace; this is a container (lxc)"},
		},
		{
			"softirqs that can be preempted", func(m *machine) {
				m.put("proc/version", "Linux version 6.12.107+deb13-rt-amd64 (gcc) #1 SMP PREEMPT_RT Debian 6.12.107-1\n")
			},
			Check{
				Name: "softirqs", State: Missing, Found: "PREEMPT_RT: softirqs can be preempted by other work",
				Blocks: "telling contexts apart: process, NET_RX and TIMER are not to be trusted", Mend: useGuest,
			},
		},
		{
			"fentry before cookies", func(m *machine) {
				m.setRelease("5.15.0-100-generic")
				m.put("boot/config-"+m.Release, config)
				m.refuseAll(errTooOld)
			},
			Check{
				Name: fentry, State: Missing, Found: "this kernel is too old: the lab needs 5.19 or later for it",
				Blocks: factOf(fentry).blocks, Mend: useGuest,
			},
		},
		{
			"no Go", func(m *machine) { m.Go = func() (string, error) { return "", errors.New("not found") } },
			Check{Name: "Go", State: NotNeeded, Found: "no go command in PATH; only building the lab needs it"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := full()
			test.change(m)
			got, ok := m.Examine().Lookup(test.want.Name)
			if !ok {
				t.Fatalf("no check %s", test.want.Name)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is wrong must come with what to do about it, and with what it blocks.
func TestMissingIsExplained(t *testing.T) {
	t.Parallel()
	for name, machine := range machines {
		for _, c := range machine().Examine().Checks {
			if c.State == Missing && (c.Mend == "" || c.Blocks == "") {
				t.Errorf("%s: %+v", name, c)
			}
			if c.Found == "" || strings.Contains(c.Found+c.Mend, "MEMLOCK") || strings.Contains(c.Found, "requires") {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	want := full().Examine()
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Report
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !bytes.Contains(b, []byte(`{"name":"lockdown","state":"ok","found":"none"}`)) {
		t.Errorf("unexpected JSON: %s", b)
	}
}
