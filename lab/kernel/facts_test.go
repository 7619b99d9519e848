package kernel_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"dialpath/lab/exercise"
	"dialpath/lab/explain"
	"dialpath/lab/kernel"
	"dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
)

// The tests of this file walk all tables, and hold them against the lab's recordings: what
// kernels really did.

// unrecorded are functions of today's kernels that no recording has: what the lab's
// workloads do not do, or what their recordings did not watch. The guests' tests look for
// those of parts in the kernels themselves.
var unrecorded = []string{
	"kfree_skb", "kfree_skb_reason", // drops are watched in exercises only
	"__ip4_datagram_connect", // a stack goes through it where there are only tracepoints
	"udpv6_sendmsg",          // IPv6 is what goes wrong in an exercise
}

// A seenKernel is what the recordings of one kernel show.
type seenKernel struct {
	series  string
	version kernel.Version
	traces  []*trace.Trace
	ran     map[string]bool // functions, by the source's names: counted, or on a stack
}

// seen returns what the recordings of each kernel show.
func seen(t *testing.T) []seenKernel {
	t.Helper()
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// loaded loads the recordings: all tests look at the same ones.
var loaded = sync.OnceValues(func() ([]seenKernel, error) {
	var all []seenKernel
	for _, series := range recordings.Kernels() {
		version, ok := kernel.ParseVersion(series)
		traces, err := recordings.Load(series)
		if err != nil || !ok {
			return nil, fmt.Errorf("load the recordings of %q, a version: %v: %w", series, ok, err)
		}
		k := seenKernel{series, version, traces, make(map[string]bool)}
		for _, one := range traces {
			for _, f := range one.Functions {
				k.ran[kernel.Base(f.Name)] = true
			}
			for _, f := range kernelFrames(one) {
				k.ran[kernel.Base(f)] = true
			}
		}
		all = append(all, k)
	}
	return all, nil
})

// kernelFrames returns the names of the kernel's frames on all stacks.
func kernelFrames(t *trace.Trace) []string {
	var names []string
	for _, s := range t.Stacks {
		for _, f := range s.Frames {
			if f.Kind == trace.Kernel {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// TestPlayers: on each kernel that was recorded, the player of each part ran that the table
// says, and no other one did.
func TestPlayers(t *testing.T) {
	t.Parallel()
	for _, k := range seen(t) {
		for _, part := range kernel.Parts() {
			player := part.On(k.version)
			if player == "" {
				t.Errorf("%s: nobody plays %s", k.series, part.Name)
			}
			if !k.ran[player] && !slices.Contains(unrecorded, player) {
				t.Errorf("%s: %s is said to play %s, and did not run", k.series, player, part.Name)
			}
			for _, other := range part.Functions() {
				if other != player && k.ran[other] {
					t.Errorf("%s: %s ran, and %s is said to play %s", k.series, other, player, part.Name)
				}
			}
		}
	}
}

// TestHooks: the parts that were recorded as hooks are the table's, played by its players.
func TestHooks(t *testing.T) {
	t.Parallel()
	for _, k := range seen(t) {
		recorded := make(map[string]bool)
		for _, one := range k.traces {
			for _, h := range one.Hooks {
				recorded[h.Hook] = true
				if !kernel.Plays(h.Function, h.Hook) {
					t.Errorf("%s: %s played %s, which the table does not know", k.series, h.Function, h.Hook)
				}
			}
		}
		for _, part := range kernel.Hooks() {
			if !recorded[part.Name] && !slices.Contains(unrecorded, part.On(k.version)) {
				t.Errorf("%s: there is no call of %s", k.series, part.Name)
			}
			delete(recorded, part.Name)
		}
		for name := range recorded {
			t.Errorf("%s: %s was recorded, and is no hook", k.series, name)
		}
	}
}

// TestHooksAreLandmarks: a timeline shows the functions that the article looks at.
func TestHooksAreLandmarks(t *testing.T) {
	t.Parallel()
	for _, part := range kernel.Hooks() {
		for _, player := range part.Today() {
			if !kernel.IsLandmark(player) {
				t.Errorf("%s plays %s, and is no landmark", player, part.Name)
			}
		}
	}
}

// TestAsked: what claims and exercises ask for is a part, or a function that is known.
func TestAsked(t *testing.T) {
	t.Parallel()
	asked := make(map[string][]string)
	for _, c := range tour.Claims() {
		for _, r := range c.Recordings {
			asked[c.Title] = append(asked[c.Title], r.Needs.Stacks...)
		}
	}
	for _, e := range exercise.All() {
		asked[e.Name] = append(asked[e.Name], e.Stacks...)
	}
	known := knownFunctions(t)
	for who, names := range asked {
		for _, name := range names {
			if _, ok := kernel.PartNamed(name); !ok && !known[name] {
				t.Errorf("%s asks for %q, which is neither a part nor a function", who, name)
			}
		}
	}
}

// knownFunctions are those that some kernel has, or had.
func knownFunctions(t *testing.T) map[string]bool {
	known := make(map[string]bool)
	for _, k := range seen(t) {
		for name := range k.ran {
			known[name] = true
		}
	}
	for _, r := range kernel.Renames() {
		known[r.Then], known[r.Now] = true, true
	}
	for _, name := range unrecorded {
		known[name] = true
	}
	return known
}

// TestFunctions: each function of each table is one that some kernel has, or had, stands
// once in its table, and is explained if today's kernels have it.
func TestFunctions(t *testing.T) {
	t.Parallel()
	known := knownFunctions(t)
	tables := map[string][]string{"unrecorded": unrecorded, "landmarks": kernel.Landmarks(), "parts": nil, "around parts": nil}
	var gone []string // from kernels that the lab can trace
	for _, part := range kernel.Parts() {
		tables["parts"] = append(tables["parts"], part.Functions()...)
		tables["around parts"] = append(tables["around parts"], part.Around...)
		for _, name := range part.Functions() {
			if !slices.Contains(part.Today(), name) {
				gone = append(gone, name)
			}
		}
	}
	for table, names := range tables {
		for _, name := range twice(names) {
			t.Errorf("%s: %s stands there twice", table, name)
		}
		for _, name := range names {
			if !known[name] {
				t.Errorf("%s: no kernel has %s", table, name)
			}
			if explain.Function(name) == "" && !slices.Contains(gone, name) {
				t.Errorf("%s: %s is not explained", table, name)
			}
		}
	}
}

// twice returns the names that stand in a list more than once.
func twice(names []string) []string {
	var again []string
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			again = append(again, name)
		}
	}
	return again
}

// TestNames: no part, no system call and no softirq stands in its table twice.
func TestNames(t *testing.T) {
	t.Parallel()
	tables := map[string][]string{"softirqs": kernel.Softirqs()}
	for _, part := range kernel.Parts() {
		tables["parts"] = append(tables["parts"], part.Name)
	}
	for _, call := range kernel.Syscalls() {
		tables["system calls"] = append(tables["system calls"], call.Name)
	}
	for _, r := range kernel.Renames() {
		tables["renames"] = append(tables["renames"], r.Then+" "+r.Now)
	}
	for table, names := range tables {
		for _, name := range twice(names) {
			t.Errorf("%s: %q stands there twice", table, name)
		}
	}
}

// TestOrderOfPlayers: the newest player comes first, and the last has played since ever.
func TestOrderOfPlayers(t *testing.T) {
	t.Parallel()
	for _, part := range kernel.Parts() {
		for i, player := range part.Players {
			last := i == len(part.Players)-1
			if last != (player.Since == kernel.Version{}) || !last && !part.Players[i+1].Since.Before(player.Since) {
				t.Errorf("%s: %s plays since %v", part.Name, player.Function, player.Since)
			}
		}
	}
}

// TestSoftirqs: what was recorded ran in a process or in a softirq of the table.
func TestSoftirqs(t *testing.T) {
	t.Parallel()
	all := append(kernel.Softirqs(), kernel.Process)
	for _, k := range seen(t) {
		for _, one := range k.traces {
			for _, f := range one.Functions {
				if !slices.Contains(all, string(f.Context)) {
					t.Errorf("%s: %s ran in %q", k.series, f.Name, f.Context)
				}
			}
		}
	}
}

// TestSyscalls: the system calls that were recorded are in the table, those that made a
// socket are known to, and so are those inside of which UDP sent or received.
func TestSyscalls(t *testing.T) {
	t.Parallel()
	for _, k := range seen(t) {
		for _, one := range k.traces {
			for _, c := range one.Syscalls {
				if !kernel.IsSyscall(c.Name, 0) {
					t.Errorf("%s: %s is not in the table", k.series, c.Name)
				}
				if makes := c.Name == "socket" || strings.HasPrefix(c.Name, "accept"); makes != kernel.IsSyscall(c.Name, kernel.Makes|kernel.SocketOnly) {
					t.Errorf("%s: %s makes a socket: %v", k.series, c.Name, makes)
				}
			}
			for part, kind := range map[string]kernel.Kind{kernel.UDPSend: kernel.Sends, kernel.UDPReceive: kernel.Receives} {
				for _, s := range one.Stacks {
					if call := callOf(s); kernel.Plays(s.Function, part) && s.Context == trace.Process && !kernel.IsSyscall(call, kind) {
						t.Errorf("%s: %s ran inside %q, which is not of that kind", k.series, s.Function, call)
					}
				}
			}
		}
	}
}

// callOf returns the system call that a stack is in, by its outermost frame that tells.
func callOf(s trace.Stack) string {
	for _, f := range slices.Backward(s.Frames) {
		if call, _ := kernel.SyscallOf(f.Name); call != "" && f.Kind == trace.Kernel {
			return strings.TrimSuffix(call, "(2)")
		}
	}
	return ""
}

func TestSyscallOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		function, call string
		wrapper        bool
		arch           string
	}{
		{"__x64_sys_connect", "connect(2)", true, "amd64"},
		{"__arm64_sys_connect", "connect(2)", true, "arm64"},
		{"SYSC_connect", "connect(2)", true, ""},
		{"__sys_connect", "connect(2)", false, ""},
		{"ksys_read.isra.0", "read(2)", false, ""},
		{"__x64_sys_sendfile64", "sendfile(2)", true, "amd64"},
		{"tcp_v4_connect", "", false, ""},
		{"x64_sys_call", "", false, "amd64"},
		{"el0_svc_common.constprop.0", "", false, "arm64"},
	} {
		call, wrapper := kernel.SyscallOf(test.function)
		if arch := kernel.ArchOf(test.function); call != test.call || wrapper != test.wrapper || arch != test.arch {
			t.Errorf("%s is of %q, a wrapper %v, on %q", test.function, call, wrapper, arch)
		}
	}
}

// TestEntries: between the program's frames on a stack and the function of their system
// call, all lead to it. If there is none, the last had no frame, or an interrupt came.
func TestEntries(t *testing.T) {
	t.Parallel()
	for _, k := range seen(t) {
		for _, one := range k.traces {
			for _, s := range one.Stacks {
				below := slices.IndexFunc(s.Frames, func(f trace.Frame) bool { return f.Kind == trace.User })
				if below < 1 {
					continue
				}
				for _, f := range slices.Backward(s.Frames[:below]) {
					if call, _ := kernel.SyscallOf(f.Name); call != "" || strings.HasPrefix(f.Name, "asm_sysvec_") {
						break
					}
					if first := f == s.Frames[below-1]; !kernel.IsEntry(f.Name) && (first || callOf(s) != "") {
						t.Errorf("%s: %s leads to %s, and is no entry", k.series, f.Name, s.Function)
					}
				}
			}
		}
	}
}
