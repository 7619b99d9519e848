package run

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/exercise"
	"dialpath/lab/kernel"
	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/ring"
	"dialpath/lab/stage"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
	"dialpath/lab/workload"
	"dialpath/probes"
)

// TestMain: this binary is also what the lab starts for itself.
func TestMain(m *testing.M) {
	stage.Main()
	os.Exit(m.Run())
}

// TestBackend: the one that is named, or, by itself, the tracepoints' where nothing else is
// watched.
func TestBackend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		backend string
		plan    plan.Plan
		want    probes.Backend
	}{
		{"auto", plan.Count([]string{"udp_*"}), ""},
		{"", plan.Packets(), ""},
		{"kprobe", plan.Count([]string{"udp_*"}), kernel.Kprobe},
		{"auto", plan.Count([]string{"net:*"}), kernel.Tracepoint},
		{"auto", plan.Count([]string{"net:*", "udp_*"}), ""},
		{"kprobe", plan.Stack([]string{"net:*"}), kernel.Kprobe},
	} {
		if got, err := (Request{Backend: c.backend, Plan: c.plan}).backend(); got != c.want || err != nil {
			t.Errorf("%q, %v: %q, %v, want %q", c.backend, c.plan.Names(), got, err, c.want)
		}
	}
	if _, err := (Request{Backend: "magic"}).backend(); !mistake.Is(err) {
		t.Errorf("magic: %v, want a mistake", err)
	}
}

// TestProbes: a plan is watched as it says.
func TestProbes(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Functions: []string{"a"}, Stacks: []string{"b"}, Hooks: true, Packets: true, Syscalls: true, Timeline: true, Strict: true, Typed: true}
	got, err := Request{Plan: p}.probes()
	want := probes.Options{Functions: []string{"a"}, Stacks: []string{"b"}, Hooks: true, Packets: true, Syscalls: true, Timeline: true, Strict: true}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Progress" || p.String() == "Executed" }, cmp.Ignore())); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, _ := (Request{Plan: plan.Step()}).probes(); !got.IfPresent {
		t.Error("names that nobody has typed must all be there")
	}
}

// TestTrial: a program is run as its exercise says, and longer where it is emulated.
func TestTrial(t *testing.T) {
	e, err := exercise.Lookup("silent-dial")
	if err != nil {
		t.Fatal(err)
	}
	for inGuest, limit := range map[string]time.Duration{"": 0, "1": 10 * time.Second} {
		t.Setenv(vm.GuestEnv, inGuest)
		each := OfTrial(e, "/tmp/program").Each()
		want := &stage.Trial{Exercise: e.Name, Program: "/tmp/program", Peer: e.Peer, Serves: e.Serves, Limit: limit}
		if len(each) != 1 || each[0].Tries != 3 || each[0].Ready != nil {
			t.Fatalf("it is recorded so: %+v", each)
		}
		if diff := cmp.Diff(want, each[0].Trial); diff != "" {
			t.Errorf("in a guest: %q (-want +got):\n%s", inGuest, diff)
		}
	}
}

// TestJob: a guest is told all that it needs of a trial, and of what was asked for.
func TestJob(t *testing.T) {
	t.Parallel()
	e, err := exercise.Lookup("silent-dial")
	if err != nil {
		t.Fatal(err)
	}
	got := Place{Flags: []string{"--backend=kprobe"}}.job(Trial{e, "/tmp/program"}, "/tmp/trace.json.gz", nil)
	want := vm.Job{
		Args:   []string{"trial", "--save=/tmp/trace.json.gz", "--backend=kprobe", "silent-dial", "/tmp/program"},
		Inputs: []string{"/tmp/program"}, Outputs: []string{"/tmp/trace.json.gz"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTraces records workloads on this kernel, beside a recording that there is, and saves
// them all; what is shown fails, and that is said.
func TestTraces(t *testing.T) {
	ring.Root(t)
	w, err := workload.Lookup("write-udp")
	if err != nil {
		t.Fatal(err)
	}
	old := &trace.Trace{Kernel: "5.10", Target: trace.Target{Workload: "dialudp"}}
	file, failed := filepath.Join(t.TempDir(), "all.json"), errors.New("it cannot be shown")
	r := Request{
		Plan: plan.Packets().With(plan.Syscalls()), Backend: "tracepoint", Save: file,
		Targets: []Target{{Workload: &w, Times: 7}, {Trace: old}, {Workload: &w, Times: 11}},
	}
	sent := func(t *trace.Trace) (n int) {
		for _, c := range t.Syscalls {
			if c.Name == "write" && c.Role == trace.Client {
				n++
			}
		}
		return n
	}
	var shown []*trace.Trace
	err = Traces(t.Context(), r, func(all []*trace.Trace) error {
		shown = all
		return failed
	})
	if !errors.Is(err, failed) || len(shown) != 3 {
		t.Fatalf("%v, %d traces", err, len(shown))
	}
	if sent(shown[0]) != 7 || shown[1] != old || sent(shown[2]) != 11 {
		t.Errorf("%d and %d writes, want 7 and 11", sent(shown[0]), sent(shown[2]))
	}
	saved, err := trace.Load(file)
	if err != nil || len(saved) != 3 {
		t.Fatalf("what was saved: %v, %d traces", err, len(saved))
	}
	if sent(saved[0]) != 7 || saved[1].Kernel != old.Kernel || sent(saved[2]) != 11 {
		t.Errorf("%d and %d writes were saved, want 7 and 11", sent(saved[0]), sent(saved[2]))
	}
}

// TestRefused: what cannot be is found before anything is attached.
func TestRefused(t *testing.T) {
	ring.Root(t)
	use := func([]*trace.Trace) error {
		t.Error("there are traces")
		return nil
	}
	r := Request{Plan: plan.Packets(), Targets: []Target{{Command: []string{"/nowhere/program"}}}}
	if err := Traces(t.Context(), r, use); err == nil {
		t.Error("a program that is not there was run")
	}
	r.Save = "/nowhere/file.json"
	if err := Traces(t.Context(), r, use); !mistake.Is(err) {
		t.Errorf("saved in a folder that is not there: %v, want a mistake", err)
	}
	r.Backend = "magic"
	if err := Traces(t.Context(), r, use); !mistake.Is(err) {
		t.Errorf("by magic: %v, want a mistake", err)
	}
}
