package vm

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	// In ascending order, by dpkg --compare-versions.
	sorted := []string{
		"6.1.99-1", "6.1.176-1", "6.1.192-1", "6.1.192-2",
		"6.12.9-1", "6.12.94-1", "6.12.107~rc1-1", "6.12.107-1~bpo12+1", "6.12.107-1", "6.12.107-1+b1",
		"6.18.5-1~bpo13+1", "6.18.15-1~bpo13+1", "7.0.4-1", "1:0.1",
	}
	for i, a := range sorted {
		for j, b := range sorted {
			if got, want := compareVersions(a, b), compareInts(i, j); got != want {
				t.Errorf("compare %s with %s: %d, want %d", a, b, got, want)
			}
		}
	}
	if compareVersions("6.01-1", "6.1-1") != 0 {
		t.Error("leading zeros count")
	}
}

func compareInts(i, j int) int {
	switch {
	case i < j:
		return -1
	case i > j:
		return 1
	}
	return 0
}

func TestNewest(t *testing.T) {
	t.Parallel()
	const madison = `linux-image-6.12.96+deb13-cloud-amd64 |  6.12.96-1 | http://mirror/debian-security trixie-security/main amd64 Packages
linux-image-6.12.115+deb13-cloud-amd64 | 6.12.115-1 | http://mirror/debian-security trixie-security/main amd64 Packages
linux-image-6.12.115+deb13.1-cloud-amd64 | 6.12.115-2 | http://mirror/debian-security trixie-security/main amd64 Packages
linux-image-6.12.117+deb13-cloud-amd64-unsigned | 6.12.117-1 | http://mirror/debian-security trixie-security/main amd64 Packages
linux-image-6.12.117+deb13-amd64 | 6.12.117-1 | http://mirror/debian-security trixie-security/main amd64 Packages
linux-image-6.120.1+deb13-cloud-amd64 | 6.120.1-1 | http://mirror/debian trixie/main amd64 Packages
linux-image-6.12.107+deb13-cloud-amd64 | 6.12.107-1 | http://mirror/debian trixie/main amd64 Packages
`
	release, version := newest(madison, "linux-image-", "6.12")
	if release != "6.12.115+deb13.1-cloud-amd64" || version != "6.12.115-2" {
		t.Errorf("newest is %s, %s", release, version)
	}
	if release, _ := newest(madison, "linux-image-", "6.1"); release != "" {
		t.Errorf("6.1 found as %s", release)
	}
	if release, _ := newest("", "linux-image-", "6.1"); release != "" {
		t.Errorf("found %s in nothing", release)
	}
}

func TestSourceOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		series   string
		suites   []string
		packages []string
	}{
		{"6.1", []string{"bookworm-security", "bookworm"}, []string{"linux-image-"}},
		{"6.12", []string{"trixie-security", "trixie"}, []string{"linux-image-"}},
		{"6.18", []string{"trixie-backports"}, []string{"linux-image-"}},
		{"6.19", []string{"trixie-backports"}, []string{"linux-binary-", "linux-modules-", "linux-base-"}},
		{"7.3", []string{"trixie-backports"}, []string{"linux-binary-", "linux-modules-", "linux-base-"}},
	} {
		s, err := sourceOf(c.series)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.suites, s.suites); diff != "" {
			t.Errorf("suites of %s:\n%s", c.series, diff)
		}
		if diff := cmp.Diff(c.packages, packagesOf(c.series)); diff != "" {
			t.Errorf("packages of %s:\n%s", c.series, diff)
		}
	}
	for _, bad := range []string{"", "6", "6.12.1", "trixie", "../6.1", "6.1 "} {
		if _, err := sourceOf(bad); err == nil {
			t.Errorf("%q was taken for a series", bad)
		}
	}
}

func TestCached(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	absent := func(why string) {
		t.Helper()
		if _, ok := cached(dir, "6.1"); ok {
			t.Error("taken as whole: " + why)
		}
	}
	absent("an empty directory")
	write(manifestFile, `{"series":"6.1","release":"6.1.0-9-cloud-amd64","wanted":["virtio_pci","virtio_console","veth","nf_log_syslog","xt_LOG","iptable_filter"],"modules":["veth.ko"]}`)
	absent("no kernel")
	write(imageFile, "")
	absent("no module")
	if err := os.Mkdir(filepath.Join(dir, moduleDir), 0o755); err != nil {
		t.Fatal(err)
	}
	write(moduleDir+"/veth.ko", "")
	k, ok := cached(dir, "6.1")
	if !ok || k.Release != "6.1.0-9-cloud-amd64" || !slices.Equal(k.Modules, []string{dir + "/modules/veth.ko"}) {
		t.Errorf("whole, but got %+v, %v", k, ok)
	}
	if _, ok := cached(dir, "6.12"); ok {
		t.Error("6.1 was taken for 6.12")
	}
	write(manifestFile, `{"series":"6.1","release":"6.1.0-9-cloud-amd64","wanted":["veth"],"modules":["veth.ko"]}`)
	absent("fetched for other modules")
	write(manifestFile, `{`)
	absent("half a manifest")
}
