package probes

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"dialpath/lab/ring"
	"dialpath/lab/vm/vmtest"
)

// What attaches to functions is tested on real kernels in guests: one without
// kprobe.multi, one with it.
func TestGuest(t *testing.T) {
	for _, kernel := range vmtest.Kernels {
		t.Run(kernel, func(t *testing.T) {
			vmtest.Run(t, kernel, func(t *testing.T) {
				t.Run("programs", testEveryProgramLoads)
				t.Run("exact", testExactOnEveryBackend)
				t.Run("auto", func(t *testing.T) { testAuto(t, kernel) })
				t.Run("hooks", testHooks)
				t.Run("stacks", testStacks)
				t.Run("again", testWindowsAreApart)
				t.Run("patterns", testPatterns)
				t.Run("refused", testOneRefusedFunction)
				t.Run("namesakes", testNamesakes)
				t.Run("families", testFamilies)
				t.Run("exit", testExitIsSeen)
				t.Run("missed", func(t *testing.T) { testMissedKnown(t, kernel) })
				t.Run("clean", testNothingIsLeft)
			})
		})
	}
}

// testEveryProgramLoads has the kernel judge all programs, those for fentry too.
func testEveryProgramLoads(t *testing.T) {
	spec, err := loadBpf()
	if err != nil {
		t.Fatal(err)
	}
	c, err := ebpf.NewCollection(spec)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	c.Close()
}

// testExactOnEveryBackend counts a known number of datagrams by each backend that
// can count functions.
func testExactOnEveryBackend(t *testing.T) {
	for _, backend := range backends(KprobeMulti) {
		t.Run(string(backend), func(t *testing.T) {
			opts := Options{Functions: []string{"udp_sendmsg", "udp_send*", "ip_send_skb"}, Strict: true, Backend: backend}
			if backend == KprobeMulti && !fprobe() {
				if _, err := Open(opts); err == nil || !strings.Contains(err.Error(), "CONFIG_FPROBE") {
					t.Fatalf("opened with %v, want an error that names CONFIG_FPROBE", err)
				}
				return
			}
			seen := exact(t, opts, "udp_sendmsg")
			if !slices.ContainsFunc(seen.Counts, func(c Count) bool { return c.Function.Name == "ip_send_skb" && c.Calls == datagrams }) {
				t.Errorf("counted %v, want ip_send_skb %d times too", seen.Counts, datagrams)
			}
		})
	}
}

// backends are those to be tested on this kernel, and the given ones: each is on one kernel
// of the tests, or on all that have it, if more is tested than usual.
func backends(always ...Backend) []Backend {
	all := []Backend{Kprobe}
	if fprobe() {
		all = []Backend{KprobeMulti, Fentry}
	}
	if ring.More() {
		all = append(all, Kprobe, Fentry)
	}
	all = append(all, always...)
	slices.Sort(all)
	return slices.Compact(all)
}

// fprobe tells whether this kernel has what kprobe.multi needs, by another way
// than by attaching: the kernel has a function of that part.
func fprobe() bool {
	symbols, err := os.ReadFile("/proc/kallsyms")
	return err == nil && strings.Contains(string(symbols), " bpf_kprobe_multi_link_attach\n") &&
		strings.Contains(string(symbols), " register_fprobe_ips\n")
}

// testAuto takes all functions of both protocols; with single kprobes, whose attaching takes its
// time, those of one: there the tour attaches to all.
func testAuto(t *testing.T, kernel string) {
	want := map[string]Backend{"6.1": Kprobe, "6.12": KprobeMulti}[kernel]
	functions, atLeast := []string{"udp_*", "tcp_*"}, 400
	if want == Kprobe && !ring.More() {
		functions, atLeast = functions[:1], 50
	}
	s, err := Open(Options{Functions: functions, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Backend != want {
		t.Errorf("took %s (%s), want %s", s.Backend, s.Why, want)
	}
	if len(s.Failed) != 0 || len(s.Matched) < atLeast {
		t.Errorf("%d functions matched, of which %v have no probe", len(s.Matched), s.Failed)
	}
}

// testHooks checks the arguments of each call against what the program did.
func testHooks(t *testing.T) {
	for _, backend := range backends() {
		t.Run(string(backend), func(t *testing.T) { hooksOf(t, backend) })
	}
}

// testStacks checks that the path to udp_sendmsg leads from the function itself to
// the system call, with nothing of the tracing on top.
func testStacks(t *testing.T) {
	for _, backend := range backends() {
		t.Run(string(backend), func(t *testing.T) {
			seen := exact(t, Options{Stacks: []string{"UDP send"}, Backend: backend}, "udp_sendmsg")
			var calls uint64
			for _, s := range seen.Stacks {
				calls += s.Calls
				var names []string
				for _, f := range s.Frames {
					names = append(names, f.Name)
				}
				if len(names) < 3 || names[0] != "udp_sendmsg" || names[len(names)-1] != "entry_SYSCALL_64_after_hwframe" || !slices.Contains(names, "ksys_write") {
					t.Errorf("stack %v, want one from udp_sendmsg over ksys_write to entry_SYSCALL_64_after_hwframe", names)
				}
			}
			assertProgram(t, seen)
			if calls != datagrams {
				t.Errorf("stacks of %d calls, want %d", calls, datagrams)
			}
		})
	}
}

// testWindowsAreApart opens the gate twice: what was seen in one window must not be
// seen in the next.
func testWindowsAreApart(t *testing.T) {
	s, err := Open(Options{Functions: []string{"udp_sendmsg"}, Hooks: true, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, n := range []int{11, 5} {
		seen := window(t, s, func() { sendDatagrams(t, n) })
		if got := calls(seen, "UDP send"); len(got) != n {
			t.Errorf("%d calls of the hook, want %d", len(got), n)
		}
		if len(seen.Counts) != 1 || seen.Counts[0].Calls != uint64(n) {
			t.Errorf("counted %v, want %d calls of udp_sendmsg", seen.Counts, n)
		}
	}
}

func testPatterns(t *testing.T) {
	if _, err := Open(Options{Functions: []string{"udp_sendmsg", "no_such_*"}}); !errors.Is(err, ErrNoMatch) || !strings.Contains(err.Error(), "no_such_*") {
		t.Errorf("error %v, want ErrNoMatch that names the pattern", err)
	}
	s, err := Open(Options{Functions: []string{"udp_sendmsg", "no_such_*"}, IfPresent: true, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(s.Matched) != 1 || len(s.Failed) != 1 || s.Failed[0].Reason != "this kernel has no such function" || !slices.Equal(s.Failed[0].Functions, []string{"no_such_*"}) {
		t.Errorf("matched %v, failed %v; want udp_sendmsg, and that there is no no_such_*", s.Matched, s.Failed)
	}
	if _, err := Open(Options{Functions: []string{"udp_["}}); err == nil {
		t.Error("a malformed pattern was accepted")
	}
	// The compiler's suffix may be there or not, by kernel; the base name finds both.
	found, err := globs(t, "tcp_options_write").find()
	if err != nil || len(found) != 1 || found[0].Base != "tcp_options_write" {
		t.Errorf("found %v, %v; want one function whose base name is tcp_options_write", found, err)
	}
}

// testOneRefusedFunction has one function among others that cannot be probed.
func testOneRefusedFunction(t *testing.T) {
	selected, err := selectFunctions(Options{Functions: []string{"udp_send*"}})
	if err != nil {
		t.Fatal(err)
	}
	bad := Function{Name: "no_such_function", Base: "no_such_function", Namesakes: 1}
	for _, backend := range []Backend{KprobeMulti, Kprobe} {
		if backend == KprobeMulti && !fprobe() {
			continue
		}
		objects, err := load(backend, Options{Functions: []string{"udp_send*"}}, len(selected.functions)+1)
		if err != nil {
			t.Fatal(err)
		}
		failed := make(failures)
		all, err := objects.probes(backend, &selection{functions: append(slices.Clone(selected.functions), bad)}, failed)
		if err != nil {
			t.Fatal(err)
		}
		links, err := attachers[backend](all, failed, func(string, int, int) {})
		if err != nil {
			t.Errorf("%s: %v: one bad function must not abort", backend, err)
		}
		want := []Failure{{"the kernel has no such function to probe", []string{bad.Name}}}
		if got := failed.sorted(); !slices.EqualFunc(got, want, func(a, b Failure) bool {
			return a.Reason == b.Reason && slices.Equal(a.Functions, b.Functions)
		}) {
			t.Errorf("%s: failed are %v, want %v", backend, got, want)
		}
		closeAll(links, func(string, int, int) {})
		objects.Close()
	}
}

// testNothingIsLeft looks for what sessions may leave behind: the guest has no BPF
// objects and no kprobes but theirs.
func testNothingIsLeft(t *testing.T) {
	opts := Options{Functions: []string{"udp_send*"}, Stacks: []string{"UDP send"}, Hooks: true, Packets: true, Syscalls: true}
	for _, opts.Backend = range backends() {
		exact(t, opts, "udp_sendmsg")
	}
	opts.Backend, opts.Functions = Fentry, []string{"tcp_*"}
	if s, err := Open(opts); err == nil {
		s.Close()
		t.Error("fentry took all tcp_* functions")
	}
	// The kernel frees in its own time, after the last CPU may have looked.
	deadline := time.After(2 * time.Minute)
	for {
		runtime.GC() // the memory of global variables stays mapped until it is collected
		left := inventory(t)
		if len(left) == 0 {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("left behind: %v", left)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// inventory lists the programs, maps, links and kprobes of this machine.
func inventory(t *testing.T) []string {
	t.Helper()
	var all []string
	for id := ebpf.ProgramID(0); ; {
		next, err := ebpf.ProgramGetNextID(id)
		if err != nil {
			break
		}
		all, id = append(all, "program"), next
	}
	for id := ebpf.MapID(0); ; {
		next, err := ebpf.MapGetNextID(id)
		if err != nil {
			break
		}
		id = next
		m, err := ebpf.NewMapFromID(id)
		if err != nil {
			continue // gone in between
		}
		all = append(all, m.String())
		m.Close()
	}
	var links link.Iterator
	defer links.Close()
	for links.Next() {
		all = append(all, "link")
	}
	kprobes, err := os.ReadFile("/sys/kernel/debug/kprobes/list")
	if err != nil {
		t.Fatal(err)
	}
	dynamic, err := filepath.Glob("/sys/kernel/tracing/events/kprobes/*")
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(all, strings.Fields(string(kprobes)), dynamic)
}
