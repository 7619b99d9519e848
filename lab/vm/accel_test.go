package vm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
)

// newStandIn puts a QEMU into the path that is this test binary, and returns a guest whose
// KVM is a device that opens.
func newStandIn(t *testing.T) (g Guest, log *[]string) {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// A copy of its own, so that this QEMU can be changed.
	if err := os.Link(self, filepath.Join(dir, qemuProgram)); err != nil {
		if err := os.Symlink(self, filepath.Join(dir, qemuProgram)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("DIALPATH_TEST_ACT", "qemu")
	t.Setenv(AccelEnv, "")
	log = new([]string)
	return Guest{
		kvm: kvmDevice{path: os.DevNull, memory: filepath.Join(dir, "memory", "kvm.json")},
		Log: func(line string) { *log = append(*log, line) },
	}, log
}

// boot tries a guest whose QEMU behaves so by KVM and by software emulation, and returns
// what its command printed.
func boot(t *testing.T, g Guest, behaviour string) (printed string, err error) {
	t.Helper()
	t.Setenv(standInEnv, behaviour)
	starts, err := g.starts()
	if err != nil {
		return "", err
	}
	initramfs, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer initramfs.Close()
	var out strings.Builder
	status, err := g.try(t.Context(), starts, Kernel{Release: "6.12.0", Image: os.DevNull}, initramfs,
		Job{Args: []string{"tour"}, Stdin: strings.NewReader("all"), Stdout: &out})
	if err == nil && status != 3 {
		t.Errorf("status %d, want 3", status)
	}
	return out.String(), err
}

const (
	bootingKVM = "booting Linux 6.12.0 in QEMU (KVM)"
	bootingTCG = "booting Linux 6.12.0 in QEMU (software emulation)"
	bootingOld = "booting Linux 6.12.0 in QEMU (software emulation: KVM runs none here)"
	wasUp      = "the guest was up, and runs lab tour"
)

var aTime = regexp.MustCompile(` after [0-9.]+ ?m?s\b`)

// said is a log without its times.
func said(log []string) (lines []string) {
	for _, line := range log {
		lines = append(lines, aTime.ReplaceAllString(line, ""))
	}
	return lines
}

// TestFallBack: a guest that does not run by KVM runs by software emulation, loses none of
// its input, and the log says why in one line. The next one loses nothing.
func TestFallBack(t *testing.T) {
	if kvmPatience >= 5*time.Second {
		t.Errorf("a KVM that runs nothing costs %v", kvmPatience)
	}
	for behaviour, test := range map[string]struct {
		why  string
		next string // what the log of the next start begins with, if that is certain
	}{
		"dies runs":      {"QEMU ended: qemu: could not make a machine: Device or resource busy", ""},
		"crashes runs":   {"QEMU ended: qemu: kvm.c:3183: Assertion 'ret == n' failed.", bootingOld},
		"hangs runs":     {"it did not come up: no word from it", bootingOld},
		"stops runs":     {"internal-error: KVM internal error. Suberror: 1", bootingOld},
		"runs-late runs": {"it did not come up: no word from it", bootingOld},
	} {
		t.Run(behaviour, func(t *testing.T) {
			g, log := newStandIn(t)
			printed, err := boot(t, g, behaviour)
			if err != nil || printed != "tcg read all" {
				t.Errorf("printed %q, %v", printed, err)
			}
			want := []string{bootingKVM, "KVM does not run it here (" + test.why + "): again, by software emulation", bootingTCG, wasUp}
			if diff := cmp.Diff(want, said(*log)); diff != "" {
				t.Errorf("the log (-want +got):\n%s", diff)
			}
			*log = nil
			if _, err := boot(t, g, behaviour); err != nil || test.next != "" && (*log)[0] != test.next {
				t.Errorf("the next one: %q, %v; want first %q", *log, err, test.next)
			}
		})
	}
}

// TestLearnt: what was learnt holds for the machine's boot, its kernel and this QEMU, and
// for those who let it be chosen.
func TestLearnt(t *testing.T) {
	g, log := newStandIn(t)
	first := func(behaviour string, want string) {
		t.Helper()
		*log = nil
		if _, err := boot(t, g, behaviour); err != nil {
			t.Error(err)
		}
		if len(*log) == 0 || (*log)[0] != want {
			t.Errorf("%s: the log is %q, want first %q", behaviour, *log, want)
		}
	}
	first("stops runs", bootingKVM)
	first("stops runs", bootingOld)
	// Another QEMU.
	qemu := filepath.Join(os.Getenv("PATH"), qemuProgram)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(qemu), os.Symlink(self, qemu)); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := os.Chtimes(self, now, now); err != nil {
		t.Fatal(err)
	}
	first("stops runs", bootingKVM)
	first("stops runs", bootingOld)
	// Another boot of the machine.
	data, err := os.ReadFile(g.kvm.memory)
	if err != nil {
		t.Fatal(err)
	}
	data = regexp.MustCompile(`boot [0-9a-f-]{36}`).ReplaceAll(data, []byte("boot 0"))
	if err := os.WriteFile(g.kvm.memory, data, 0o644); err != nil {
		t.Fatal(err)
	}
	first("runs runs", bootingKVM)
	// A KVM that has run a guest has as long as any other: here it speaks late.
	first("runs-late dies", bootingKVM)
	if learnt, known := g.kvm.recall(); !known || !learnt.Works {
		t.Errorf("it learnt %+v, %v", learnt, known)
	}
	// One that is told to use KVM uses it, and if it runs, that is learnt too.
	g.kvm.learn(false, "a bad day")
	g.Accel = KVM
	first("runs dies", bootingKVM)
	if learnt, known := g.kvm.recall(); !known || !learnt.Works {
		t.Errorf("it learnt %+v, %v", learnt, known)
	}
	// A memory that is no memory is none.
	g.Accel = Auto
	if err := os.WriteFile(g.kvm.memory, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	first("runs runs", bootingKVM)
}

// TestNoWay: where there is no other way, the failure of the one is told.
func TestNoWay(t *testing.T) {
	for _, test := range []struct {
		accel     Accel
		behaviour string
		want      string
	}{
		{Auto, "dies dies", "guest with Linux 6.12.0: it was gone: QEMU ended: qemu: could not make a machine: Device or resource busy"},
		{KVM, "stops runs", "guest with Linux 6.12.0: QEMU stopped it: internal-error: KVM internal error. Suberror: 1; software emulation (--accel tcg) goes on"},
		{TCG, "runs dies", "guest with Linux 6.12.0: it was gone: QEMU ended: qemu: could not make a machine: Device or resource busy"},
		// What a guest has done once it was up is not done twice.
		{Auto, "stops-later runs", "guest with Linux 6.12.0: QEMU stopped it: internal-error: KVM internal error. Suberror: 1; software emulation (--accel tcg) goes on"},
		{"fast", "runs runs", `the way to run a guest is "fast": choose auto, kvm or tcg`},
	} {
		t.Run(string(test.accel)+" "+test.behaviour, func(t *testing.T) {
			g, _ := newStandIn(t)
			g.Accel = test.accel
			_, err := boot(t, g, test.behaviour)
			if err == nil {
				t.Fatal("it ran")
			}
			if got := said([]string{err.Error()}); got[0] != test.want {
				t.Errorf("got  %s\nwant %s", got[0], test.want)
			}
		})
	}
	t.Run("what stopped a guest that was up is learnt", func(t *testing.T) {
		g, log := newStandIn(t)
		boot(t, g, "stops-later runs")
		*log = nil
		if _, err := boot(t, g, "stops-later runs"); err != nil || (*log)[0] != bootingOld {
			t.Errorf("the next one: %q, %v", *log, err)
		}
	})
}

// TestAccel: the flag comes before the environment.
func TestAccel(t *testing.T) {
	t.Setenv(AccelEnv, "tcg")
	for name, want := range map[string]Accel{"": TCG, "kvm": KVM, "auto": Auto} {
		if got, err := ParseAccel(name); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
	t.Setenv(AccelEnv, "warp")
	if _, err := ParseAccel(""); err == nil || err.Error() != `DIALPATH_ACCEL is "warp": choose auto, kvm or tcg` {
		t.Errorf("got %v", err)
	}
	g := Guest{Accel: KVM, kvm: kvmDevice{path: "/nowhere/kvm"}}
	if _, err := g.starts(); err == nil || err.Error() != "boot a guest by KVM: open /nowhere/kvm: no such file or directory: let it be chosen, by --accel auto" {
		t.Errorf("got %v", err)
	}
}

// TestInterruptedBoot: a signal, or the end of the context, ends a guest that is not up.
func TestInterruptedBoot(t *testing.T) {
	for _, how := range []string{"signal", "context"} {
		t.Run(how, func(t *testing.T) {
			g, log := newStandIn(t)
			g.Accel = TCG
			t.Setenv(standInEnv, "dies hangs")
			starts, err := g.starts()
			if err != nil {
				t.Fatal(err)
			}
			initramfs, err := os.CreateTemp(t.TempDir(), "")
			if err != nil {
				t.Fatal(err)
			}
			defer initramfs.Close()
			ctx, cancel := context.WithCancel(t.Context())
			signals := make(chan os.Signal, 2)
			if how == "signal" {
				signals <- os.Interrupt
			} else {
				cancel()
			}
			defer cancel()
			_, err = g.try(ctx, starts, Kernel{Release: "6.12.0", Image: os.DevNull}, initramfs, Job{Signals: signals})
			var failure *Failure
			if !errors.As(err, &failure) || failure.Cause != Cancelled || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff([]string{bootingTCG}, *log); diff != "" {
				t.Errorf("the log (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBlame: what a guest that came to nothing says of KVM, by itself and if the same guest
// comes up without it.
func TestBlame(t *testing.T) {
	t.Parallel()
	const long = 3 * time.Second
	for name, test := range map[string]struct {
		failure          Failure
		blames, suspects bool
	}{
		"stopped":                      {Failure{Cause: Stopped, After: long}, true, true},
		"stopped when it was up":       {Failure{Cause: Stopped, After: long, Up: true}, true, false},
		"silent":                       {Failure{Cause: Silent, After: long}, true, true},
		"silent, but the kernel spoke": {Failure{Cause: Silent, After: long, Console: []string{"Linux"}}, false, true},
		"silent on a busy machine":     {Failure{Cause: Silent, After: long, Detail: ": busy"}, false, false},
		"panicked":                     {Failure{Cause: Panicked, After: long}, false, true},
		"panicked when it was up":      {Failure{Cause: Panicked, After: long, Up: true}, false, false},
		"gone":                         {Failure{Cause: Lost, After: long}, false, true},
		"crashed at once":              {Failure{Cause: Lost, Crashed: true, After: time.Second / 10}, true, false},
		"crashed when it was up":       {Failure{Cause: Lost, Crashed: true, After: long, Up: true}, false, false},
		"gone at once":                 {Failure{Cause: Lost, After: time.Second / 10}, false, false},
	} {
		f := test.failure
		if f.blames() != test.blames || f.suspects() != test.suspects {
			t.Errorf("%s: blames %v, suspects %v", name, f.blames(), f.suspects())
		}
	}
}

// TestTryKVM: what the doctor says of KVM is what guests have taught.
func TestTryKVM(t *testing.T) {
	for _, test := range []struct {
		behaviour string
		want      KVMTrial
		learnt    bool
	}{
		{"runs dies", KVMTrial{Tried: true, Works: true}, true},
		{"stops dies", KVMTrial{Tried: true, Why: "internal-error: KVM internal error. Suberror: 1"}, true},
		{"dies dies", KVMTrial{Tried: true, Why: "QEMU ended: qemu: could not make a machine: Device or resource busy"}, false},
	} {
		t.Run(test.behaviour, func(t *testing.T) {
			g, _ := newStandIn(t)
			t.Setenv(standInEnv, test.behaviour)
			initramfs, err := os.CreateTemp(t.TempDir(), "")
			if err != nil {
				t.Fatal(err)
			}
			defer initramfs.Close()
			if diff := cmp.Diff(test.want, g.hear(t.Context(), Kernel{Image: os.DevNull}, initramfs)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			t.Setenv(standInEnv, "hangs hangs")
			if learnt, known := g.kvm.recall(); known != test.learnt {
				t.Errorf("it learnt %+v: %v, want %v", learnt, known, test.learnt)
			}
			if !test.learnt {
				return
			}
			if diff := cmp.Diff(test.want, g.tryKVM(t.Context())); diff != "" {
				t.Errorf("later (-want +got):\n%s", diff)
			}
		})
	}
	g := Guest{kvm: kvmDevice{path: "/nowhere/kvm"}}
	if got := g.tryKVM(t.Context()); !errors.Is(got.Err, os.ErrNotExist) {
		t.Errorf("without a device: %+v", got)
	}
}

// TestMonitor has the real QEMU stop a guest: it says so.
func TestMonitor(t *testing.T) {
	ring.Guest(t)
	k, err := Fetch(t.Context(), DefaultKernel, nil)
	if err != nil {
		t.Fatal(err)
	}
	initramfs, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer initramfs.Close()
	m, err := startMachine(byTCG, k.Image, initramfs)
	if err != nil {
		t.Fatal(err)
	}
	defer m.end()
	// Before the monitor's two sides have agreed, QEMU does not listen.
	for again := time.Tick(50 * time.Millisecond); ; {
		select {
		case <-again:
			m.monitor.Write([]byte(`{"execute":"stop"}` + "\n"))
		case status := <-m.stopped:
			if status != "paused" {
				t.Errorf("its status is %q", status)
			}
			return
		case <-m.done:
			t.Fatalf("QEMU ended: %v", m.err)
		}
	}
}
