// Package ring says what a test needs beyond Go itself. Ring 1 is for every
// machine; the outer rings need root, or a guest kernel under QEMU.
//
// A test of an outer ring is skipped where its need is not met, with the reason
// in the log. With DIALPATH_RINGS=all, as continuous integration sets it, it
// fails instead: a skipped ring must not look like a passed one.
package ring

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Root is for tests of rings 2 and 3: they load BPF programs, make network
// namespaces and attach to tracepoints of the kernel at hand.
func Root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		skip(t, "needs root: run it with sudo")
	}
}

// Guest is for tests of ring 4: they boot a Debian kernel under QEMU.
func Guest(t testing.TB) {
	t.Helper()
	if testing.Short() {
		skip(t, "boots a guest: run it without -short")
	}
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		skip(t, "needs QEMU: run make setup")
	}
}

// Compiler is for tests that build programs which are partly in C.
func Compiler(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		skip(t, "needs gcc: run make setup")
	}
}

// Tshark is for tests that have packets read by Wireshark's own dissectors.
func Tshark(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		skip(t, "needs tshark: run make setup")
	}
}

// Iptables is for tests that have the real iptables log packets. It returns the programs
// that belong to it: the one that there is by default, and the older way.
func Iptables(t testing.TB) []string {
	t.Helper()
	var programs []string
	for _, name := range []string{"iptables", "iptables-legacy", "ip"} {
		path, err := exec.LookPath(name)
		if err != nil { // on Debian, only root looks there by itself
			path, err = exec.LookPath("/usr/sbin/" + name)
		}
		if err != nil {
			skip(t, "needs "+name+": run make setup")
		}
		programs = append(programs, path)
	}
	return programs
}

// All tells whether nothing may be left out: with DIALPATH_RINGS=all.
func All() bool { return os.Getenv("DIALPATH_RINGS") == "all" }

// More tells whether to try much longer than usual what must come out the same each time, and
// on a busy machine, too: with DIALPATH_MORE=all, as make test-more sets it.
func More() bool { return os.Getenv("DIALPATH_MORE") == "all" }

// Build builds the programs as make does, and returns the directory that they are in.
func Build(t testing.TB) string {
	t.Helper()
	module, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("where is the module? %v", err)
	}
	dir := t.TempDir()
	cmd := exec.Command("make", "--silent", "-C", filepath.Dir(string(module)), "build", "BIN="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make build: %v\n%s", err, out)
	}
	return dir
}

func skip(t testing.TB, why string) {
	t.Helper()
	if All() {
		t.Fatal(why)
	}
	t.Skip(why)
}
