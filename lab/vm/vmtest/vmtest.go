// Package vmtest runs tests on a kernel that has kprobes: in a guest of
// [dialpath/lab/vm].
//
// A test says in the middle of itself that the rest belongs into a guest. There
// the same test binary runs the same test again, down to the same line, and goes
// on. What happens inside comes back as if it had happened here: subtests, logs,
// failures and skips.
//
//	func TestMain(m *testing.M) { vmtest.Main(m) }
//
//	func TestGuest(t *testing.T) {
//		for _, kernel := range vmtest.Kernels {
//			t.Run(kernel, func(t *testing.T) {
//				vmtest.Run(t, kernel, func(t *testing.T) {
//					t.Run("attach", testAttach)
//					t.Run("detach", testDetach)
//				})
//			})
//		}
//	}
//
// One boot, some 3 seconds, serves all subtests of a Run. Lines before the Run
// are executed on both sides, so they must not need what only one side has.
package vmtest

import (
	"bytes"
	"flag"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dialpath/lab/ring"
	"dialpath/lab/vm"
)

// Kernels are the series that every kernel-side test runs on: one without
// kprobe.multi, one with it.
var Kernels = []string{"6.1", "6.12"}

// Main is what TestMain of a package with guest tests calls: in a guest the test
// binary is process 1 too.
func Main(m *testing.M) {
	vm.Init()
	os.Exit(m.Run())
}

// Guest is what a test may want beyond a kernel.
type Guest struct {
	Kernel string        // the series, as "6.12"
	Limit  time.Duration // for all its tests together; 0 means [vm.DefaultLimit]
	Inputs []string      // files for the tests, as testdata/x: same name inside
	Carry  []string      // programs of the host, with their libraries
	// Firewall loads what iptables needs to log packets.
	Firewall bool
	Env      []string // added to the guest's environment
}

// Run runs f in a guest. The tests are of ring 4: see [ring.Guest].
func Run(t *testing.T, kernel string, f func(t *testing.T)) {
	t.Helper()
	Guest{Kernel: kernel}.Run(t, f)
}

// Run runs f in such a guest.
func (g Guest) Run(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	if vm.InGuest() {
		f(t)
		return
	}
	ring.Guest(t)
	var output, complaints bytes.Buffer // all, and what went to standard error
	status, err := vm.Guest{
		Kernel: g.Kernel, Limit: g.Limit,
		Log: func(line string) { t.Log(line) },
	}.Run(t.Context(), vm.Job{
		Args:   testArgs(t.Name(), flagValue("test.run"), flagValue("test.short")),
		Env:    slices.Concat(passedEnv(), g.Env, []string{"GOGC=400"}), // there is more memory than time
		Inputs: g.Inputs, Carry: g.Carry, Firewall: g.Firewall,
		Stdout: &output, Stderr: io.MultiWriter(&output, &complaints),
	})
	if err != nil {
		t.Fatalf("%v\nits output:\n%s", err, plain(output.String()))
	}
	judge(t, output.String(), complaints.String(), status)
}

// judge makes t what the test of its name was in the guest, by all that the test binary
// printed there. One that panicked said so behind the verdicts of all tests that ran, outer
// ones too: what it complained of is then shown as a whole.
func judge(t *testing.T, output, complaints string, status int) {
	t.Helper()
	results := parse(output)
	switch failed := results.replay(t); {
	case !failed && status != 0, results.find(t.Name()) == nil:
		t.Errorf("the test binary ended with status %d in the guest:\n%s", status, plain(output))
	case status != 0 && status != statusFailed:
		t.Errorf("the test binary ended with status %d in the guest, with these last words:\n%s", status, complaints)
	}
}

// statusFailed is that of a test binary that came to its end, and in which a test failed.
const statusFailed = 1

// testArgs make the test binary run this one test and no other, verbosely in the
// form that the go command reads. What -run says about its subtests still holds.
func testArgs(name, run, short string) []string {
	var levels []string
	for _, level := range strings.Split(name, "/") {
		levels = append(levels, "^"+regexp.QuoteMeta(level)+"$")
	}
	if asked := strings.Split(run, "/"); len(asked) > len(levels) {
		levels = append(levels, asked[len(levels):]...)
	}
	return []string{"-test.v=test2json", "-test.count=1", "-test.paniconexit0",
		"-test.run=" + strings.Join(levels, "/"), "-test.short=" + short}
}

func flagValue(name string) string {
	if f := flag.Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// passedEnv are the variables of this process that mean the same in a guest.
func passedEnv() []string {
	var env []string
	for _, e := range os.Environ() {
		key, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(key, "DIALPATH_") || key == "GODEBUG" || key == "GOTRACEBACK" {
			env = append(env, e)
		}
	}
	return env
}
