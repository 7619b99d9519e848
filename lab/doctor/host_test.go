package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dialpath/lab/ring"
)

// What was found by trying must agree with what the kernel says of itself.
func TestThisKernel(t *testing.T) {
	ring.Root(t)
	r := Examine()
	f := Host().observe()
	for _, name := range backends {
		c, _ := r.Lookup(name)
		if option := f.lacks(factOf(name)); option != "" && (c.State == OK || !strings.Contains(c.Found, option)) {
			t.Errorf("built without %s, but found %+v", option, c)
		}
	}
	if f.builtWith(factOf(kprobe)) == yes && f.lockdown != "confidentiality" && f.privileged() {
		if c, _ := r.Lookup(kprobe); c.State != OK {
			t.Errorf("built for kprobes, but found %+v", c)
		}
	}
	for _, name := range []string{tracepoint, network, "privileges"} {
		if c, _ := r.Lookup(name); c.State != OK {
			t.Errorf("every kernel that root tests on has it, but found %+v", c)
		}
	}
}

func TestLeavesNothingBehind(t *testing.T) {
	ring.Root(t)
	home, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	Examine()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.Contains(to, "bpf") {
			t.Errorf("left behind: %s", to)
		}
	}
	threads, err := filepath.Glob("/proc/self/task/*/ns/net")
	if err != nil || len(threads) == 0 {
		t.Fatal("no threads", err)
	}
	for _, thread := range threads {
		if ns, err := os.Readlink(thread); err == nil && ns != home {
			t.Errorf("%s is %s, not %s", thread, ns, home)
		}
	}
}

func TestUnknownBackend(t *testing.T) {
	t.Parallel()
	if err := attach("magic"); err == nil || err.Error() != `attach: unknown backend "magic"` {
		t.Errorf("got %v", err)
	}
}
