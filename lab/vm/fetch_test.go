package vm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A Debian archive of one kernel, as seen through its tools. Each writes what it
// was asked for into $CALLS.
const (
	fakeAptGet = `#!/bin/sh
for word; do case $word in update) verb=update;; download) verb=download;; esac; last=$word; done
echo "$verb" >>"$CALLS"
if [ -n "$APT_FAILS" ]; then echo "W: try again" >&2; echo "E: $APT_FAILS" >&2; exit 100; fi
echo dlstatus:1:50.0:half >&3
if [ $verb = download ]; then echo "$last" >fake.deb; fi
`
	fakeAptCache = `#!/bin/sh
for word; do case $word in pkgnames) verb=names;; madison) verb=madison;; esac; done
if [ $verb = names ]; then echo linux-image-6.1.0-8-cloud-amd64; echo linux-image-6.1.0-9-cloud-amd64; echo linux-image-6.1.0-9-amd64; exit; fi
echo "linux-image-6.1.0-9-cloud-amd64 | 6.1.9-1 | somewhere"
echo "linux-image-6.1.0-8-cloud-amd64 | 6.1.8-1 | somewhere"
`
	fakeDpkgDeb = `#!/bin/sh
lib=$3/lib/modules/6.1.0-9-cloud-amd64
mkdir -p "$3/boot" "$lib/kernel/net"
cat "$2" >"$3/boot/vmlinuz-6.1.0-9-cloud-amd64"
cp "$VETH" "$lib/kernel/net/veth.ko"
printf 'kernel/virtio/virtio_pci.ko\nkernel/char/virtio-console.ko\n' >"$lib/modules.builtin"
`
)

// fakeArchive puts the tools on the path, and returns where their calls go.
func fakeArchive(t *testing.T) (calls string) {
	t.Helper()
	bin := t.TempDir()
	for name, text := range map[string]string{"apt-get": fakeAptGet, "apt-cache": fakeAptCache, "dpkg-deb": fakeDpkgDeb} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	veth := filepath.Join(bin, "veth.ko")
	if err := os.WriteFile(veth, fakeModule("name=veth\x00depends=\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	calls = filepath.Join(bin, "calls")
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	t.Setenv("CALLS", calls)
	t.Setenv("VETH", veth)
	return calls
}

func fakeMirrors(context.Context) (mirrors, error) {
	return mirrors{"http://m.test/debian", "http://m.test/debian-security"}, nil
}

var fakeSource = kernelSource{"6.1", []string{"bookworm-security"}}

func TestFetch(t *testing.T) {
	calls := fakeArchive(t)
	base := t.TempDir()
	stale := filepath.Join(base, ".6.1.new-123")
	if err := os.Mkdir(stale, 0o755); err != nil {
		t.Fatal(err)
	}

	// Two at once: one fetches, the other takes what the first one left.
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wg.Go(func() {
			errs[i] = fetch(t.Context(), fakeSource, base, fakeMirrors, func(string, float64) {})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	k, ok := cached(filepath.Join(base, "6.1"), "6.1")
	if !ok || k.Release != "6.1.0-9-cloud-amd64" || k.Version != "6.1.9-1" {
		t.Errorf("cached %+v, %v", k, ok)
	}
	image, err := os.ReadFile(k.Image)
	if want := "linux-image-6.1.0-9-cloud-amd64=6.1.9-1\n"; err != nil || string(image) != want {
		t.Errorf("the package was %q, %v; want %q", image, err, want)
	}
	made, err := os.ReadFile(calls)
	if err != nil || string(made) != "update\ndownload\n" {
		t.Errorf("apt-get was called for %q, %v", made, err)
	}
	left, err := os.ReadDir(base)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, []string{".6.1.lock", "6.1"}) {
		t.Errorf("the cache holds %q", names)
	}
}

func TestFetchProgress(t *testing.T) {
	fakeArchive(t)
	var steps []string
	err := fetch(t.Context(), fakeSource, t.TempDir(), fakeMirrors, func(step string, done float64) {
		steps = append(steps, fmt.Sprintf("%s %.0f%%", step, done*100))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"find kernel 6.1 in bookworm-security 0%", "find kernel 6.1 in bookworm-security 50%", "find kernel 6.1 in bookworm-security 100%",
		"download Linux 6.1.0-9-cloud-amd64 0%", "download Linux 6.1.0-9-cloud-amd64 50%", "download Linux 6.1.0-9-cloud-amd64 100%",
	}
	if !slices.Equal(steps, want) {
		t.Errorf("progress %q, want %q", steps, want)
	}
}

func TestFetchFails(t *testing.T) {
	fakeArchive(t)
	base := t.TempDir()
	check := func(want string) {
		t.Helper()
		err := fetch(t.Context(), fakeSource, base, fakeMirrors, func(string, float64) {})
		if err == nil || err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		if left, _ := filepath.Glob(filepath.Join(base, ".6.1.new-*")); left != nil {
			t.Errorf("left behind: %q", left)
		}
	}
	t.Setenv("APT_FAILS", "Failed to fetch Packages")
	check("apt-get: Failed to fetch Packages: " + mendNetwork)

	t.Setenv("PATH", t.TempDir())
	check("no apt-get here: kernels come from Debian's packages, on a machine with apt and dpkg")
}

func TestFetchNoSuchSeries(t *testing.T) {
	fakeArchive(t)
	source := kernelSource{"6.2", []string{"one", "two"}}
	err := fetch(t.Context(), source, t.TempDir(), fakeMirrors, func(string, float64) {})
	if want := "none in Debian's one or two: choose another series"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestLockWaits(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lock(cancelled, name); !errors.Is(err, context.Canceled) {
		t.Errorf("a taken lock: %v", err)
	}
	unlock()
	again, err := lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestComplaint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                  "",
		"one\ntwo\n":                        "two",
		"W: weak\nW: weaker\n":              "weak",
		"W: weak\nE: strong\nE: next\nend":  "strong",
		"Reading…\nE: Unable to locate x\n": "Unable to locate x",
	} {
		if got := complaint(in); got != want {
			t.Errorf("complaint(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestAptIsPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := newApt(dir, "http://m.test/debian", "trixie"); err != nil {
		t.Fatal(err)
	}
	conf, err := os.ReadFile(filepath.Join(dir, "apt.conf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`Dir::State "` + dir, `Dir::Cache "` + dir, `Dir::Etc::sourcelist "` + dir, `Dir::Etc::sourceparts "/dev/null"`} {
		if !strings.Contains(string(conf), want) {
			t.Errorf("apt.conf has no %s", want)
		}
	}
	source, err := os.ReadFile(filepath.Join(dir, "kernel.sources"))
	if err != nil || !strings.Contains(string(source), "Signed-By: "+keyring) {
		t.Errorf("the source is not bound to the archive's keys: %q, %v", source, err)
	}
	if _, err := newApt(`/tmp/a"b`, "", ""); err == nil {
		t.Error("a quote in the directory was let into apt's configuration")
	}
}
