package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dialpath/lab/exercise"
	"dialpath/lab/recordings"
	"dialpath/lab/ring"
	"dialpath/lab/run"
	"dialpath/lab/trace"
	"dialpath/lab/vm"
	"dialpath/lab/vm/vmtest"
	"dialpath/lab/workshop"
)

// TestLive runs every verb on the oldest kernel, with single kprobes, and on the first with
// kprobe.multi; and on the newest, after UDP's connect has changed, those that show it, or all
// if more is tested than usual. To boot takes time, so each is booted once, for all that needs it.
func TestLive(t *testing.T) {
	var k kit
	if !vm.InGuest() {
		ring.Guest(t)
		k = pack(t)
	}
	for _, kernel := range recordings.Kernels() {
		t.Run(kernel, func(t *testing.T) {
			t.Parallel()
			k.guest(kernel).Run(t, func(t *testing.T) { testKernel(t, kernel) })
		})
	}
}

func testKernel(t *testing.T, kernel string) {
	test := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			f(t)
			t.Logf("it took %.1f s", time.Since(began).Seconds())
		})
	}
	on := func(f func(t *testing.T, kernel string)) func(t *testing.T) {
		return func(t *testing.T) { f(t, kernel) }
	}
	test("names", on(testNames))
	test("stack", on(testStack))
	test("hooks", on(testHooks))
	test("timeline", on(testTimeline))
	test("trial", testTrial)
	if kernel == recordings.Newest() && !ring.More() {
		return // it differs from the one before in names: of UDP's connect, above all
	}
	test("doctor", on(testDoctor))
	test("tour", testVerdicts)
	test("compare", on(testCompare))
	test("count", testCount)
	test("packets", testPackets)
	test("record", on(testRecord))
	test("process", testProcess)
	test("watch", testWatch)
	test("echo", testEcho)
	if kernel == vm.DefaultKernel {
		test("examples", testExamples)
	}
	if ring.More() { // the same verbs once more
		test("tries", testLiveTries)
	}
	// What Delve shows is the same on all of them, and it takes its time.
	if kernel == vm.DefaultKernel || ring.More() && slices.Contains(vmtest.Kernels, kernel) {
		test("joined", testJoined)
	}
	test("step", on(testStepLive)) // the last: it forbids to debug, until the next boot
}

// A kit is what the tests take into guests, beyond this very program: the lab as it is
// built for users, whom a debugger can look into, and what they debug, run and have judged.
type kit struct{ dir string }

// kitEnv tells the guest where the kit is.
const kitEnv = "DIALPATH_TEST_KIT"

// inKit is the name of a file of the kit's, in a guest.
func inKit(name string) string { return filepath.Join(os.Getenv(kitEnv), name) }

// standIns are programs that examples run, and not every machine has: here the lab itself
// does what they do on the network.
var standIns = map[string]string{"curl": "dial-tcp", "dig": "write-udp"}

func pack(t *testing.T) kit {
	t.Helper()
	k := kit{dir: ring.Build(t)}
	k.equip(t)
	for i, p := range points {
		k.write(t, p.script(i), p.commands(), 0o644)
	}
	k.copy(t, "echo-udp.dlv", "../../../scripts/step/echo-udp.dlv")
	e, err := exercise.Lookup(tried)
	if err != nil {
		t.Fatal(err)
	}
	k.program(t, e, "shipped", nil)
	k.program(t, e, "solution", e.Solution())
	return k
}

// equip adds what examples run, and the files that they name.
func (k kit) equip(t *testing.T) {
	t.Helper()
	for program, workload := range standIns {
		k.write(t, program, "#!/bin/sh\nexec lab run "+workload+"\n", 0o755)
	}
	k.furnish(t)
}

// furnish adds the files that examples name.
func (k kit) furnish(t *testing.T) {
	t.Helper()
	k.write(t, "steps.dlv", "next\nnext\n", 0o644)
	k.copy(t, "mine.json.gz", "../../recordings/"+recordings.Newest()+".json.gz")
	one, err := run.Reference{From: recordings.Newest(), Workload: "dialudp"}.One()
	if err == nil {
		err = trace.Save(filepath.Join(k.dir, "mine.json"), one)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (k kit) write(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func (k kit) copy(t *testing.T, name, from string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	k.write(t, name, string(text), 0o644)
}

// program builds a program for an exercise: its source, or the one that is handed out.
func (k kit) program(t *testing.T, e exercise.Exercise, name string, source []byte) {
	t.Helper()
	f := workshop.Folder{Dir: t.TempDir()}
	if err := f.Start(e); err != nil {
		t.Fatal(err)
	}
	if source != nil {
		if err := os.WriteFile(filepath.Join(f.Path(e), "main.go"), source, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	program, remove, err := f.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	built, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	k.write(t, name, string(built), 0o755)
}

// guest is one that has the kit, in which lab is the one of the kit.
func (k kit) guest(kernel string) vmtest.Guest {
	g := vmtest.Guest{Kernel: kernel, Limit: 30 * time.Minute}
	if k.dir != "" {
		g.Inputs, _ = filepath.Glob(k.dir + "/*")
		g.Carry = []string{"/bin/sh"}
		g.Env = []string{kitEnv + "=" + k.dir, "PATH=" + k.dir + ":/usr/bin:/bin"}
	}
	return g
}

// shell runs a command by a shell, with the kit's lab. It returns its exit status.
func shell(t *testing.T, dir, line string) (status int, stdout, stderr string) {
	t.Helper()
	var out, complaints strings.Builder
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", line)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &complaints
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatalf("%s: %v", line, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), complaints.String()
}
