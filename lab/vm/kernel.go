package vm

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"dialpath/lab/kernel"
)

// Kernel is a Debian cloud kernel in the user's cache, ready to boot.
type Kernel struct {
	Series  string   // what was asked for: "6.12"
	Release string   // as uname -r says it: "6.12.117+deb13-cloud-amd64"
	Version string   // of the Debian package: "6.12.117-1"
	Image   string   // path of the kernel itself
	Modules []string // paths of the modules a guest loads, in order
	// Firewall are the paths of those that iptables needs to log packets, for jobs that
	// want them; none if this kernel has no such thing.
	Firewall []string
}

// DefaultKernel is the series that a [Guest] boots when none is named: the
// oldest of Debian's kernels that has kprobe.multi.
const DefaultKernel = "6.12"

// modules are what a guest loads where its kernel has them as modules: the port
// to the host, and the virtual cable between two network namespaces. What they
// depend on comes with them.
var modules = []string{"virtio_pci", "virtio_console", "veth"}

// firewall are what a guest loads besides for a [Job] that runs iptables with a rule that
// logs.
var firewall = []string{"nf_log_syslog", "xt_LOG", "iptable_filter"}

// A kernelSource says where Debian keeps a kernel series.
type kernelSource struct {
	series string
	suites []string // asked in this order; the first that has the series decides
}

// kernelSources knows the series of Debian's stable releases. All others come
// from the backports of the newest stable release. A security suite comes before
// its main one: it is at least as new, and thirty times smaller to read.
var kernelSources = []kernelSource{
	{"6.1", []string{"bookworm-security", "bookworm"}},
	{"6.12", []string{"trixie-security", "trixie"}},
}

const backports = "trixie-backports"

// flavour ends the name of a cloud kernel's package. Cloud kernels are a third
// of the size of the others and boot without a driver being loaded.
const flavour = "-cloud-amd64"

// packageForms are the ways Debian has cut a kernel into packages: the one that
// a series is found by comes first. Up to 6.18 all is in linux-image; from 6.19
// that one is empty, and the kernel, its modules and its lists are apart.
var packageForms = [][]string{
	{"linux-image-"},
	{"linux-binary-", "linux-modules-", "linux-base-"},
}

var seriesForm = regexp.MustCompile(`^[1-9][0-9]*\.[0-9]+$`)

// sourceOf finds the series in the table.
func sourceOf(series string) (kernelSource, error) {
	if !seriesForm.MatchString(series) {
		return kernelSource{}, fmt.Errorf("choose kernel %q: write major.minor, as in 6.1 or %s", series, DefaultKernel)
	}
	for _, s := range kernelSources {
		if s.series == series {
			return s, nil
		}
	}
	return kernelSource{series, []string{backports}}, nil
}

// packagesOf returns the names of the packages that hold a series' kernel, for
// the form it has.
func packagesOf(series string) []string {
	if v, _ := kernel.ParseVersion(series); v.Before(kernel.Version{6, 19}) {
		return packageForms[0]
	}
	return packageForms[1]
}

// newest chooses from what apt-cache madison printed, "package | version |
// source" a line, the package with the highest version. The name returned is
// without the prefix: the kernel's release.
func newest(madison, prefix, series string) (release, version string) {
	for line := range strings.Lines(madison) {
		fields := strings.Split(line, "|")
		if len(fields) != 3 {
			continue
		}
		name, ok := strings.CutPrefix(strings.TrimSpace(fields[0]), prefix)
		v := strings.TrimSpace(fields[1])
		if !ok || !strings.HasPrefix(name, series+".") || !strings.HasSuffix(name, flavour) {
			continue
		}
		if version == "" || compareVersions(v, version) > 0 {
			release, version = name, v
		}
	}
	return release, version
}

// manifest is the file kernel.json of a cached kernel. It is written last.
type manifest struct {
	Series   string   `json:"series"`
	Release  string   `json:"release"`
	Version  string   `json:"version"`
	Wanted   []string `json:"wanted"`   // what the tables of modules said when it was fetched
	Modules  []string `json:"modules"`  // files in load order
	Firewall []string `json:"firewall"` // more of them
}

const (
	manifestFile = "kernel.json"
	imageFile    = "vmlinuz"
	moduleDir    = "modules"
)

// cached reads a kernel from its directory in the cache. ok is false when it is
// not there, not whole, or was fetched for another table of modules.
func cached(dir, series string) (k Kernel, ok bool) {
	data, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return Kernel{}, false
	}
	var m manifest
	if json.Unmarshal(data, &m) != nil || m.Series != series || !slices.Equal(m.Wanted, slices.Concat(modules, firewall)) {
		return Kernel{}, false
	}
	k = Kernel{Series: series, Release: m.Release, Version: m.Version, Image: filepath.Join(dir, imageFile)}
	for _, name := range m.Modules {
		k.Modules = append(k.Modules, filepath.Join(dir, moduleDir, name))
	}
	for _, name := range m.Firewall {
		k.Firewall = append(k.Firewall, filepath.Join(dir, moduleDir, name))
	}
	for _, name := range slices.Concat([]string{k.Image}, k.Modules, k.Firewall) {
		if _, err := os.Stat(name); err != nil {
			return Kernel{}, false
		}
	}
	return k, true
}

// cacheDir is where kernels are kept.
func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache directory: %w: set HOME or XDG_CACHE_HOME", err)
	}
	return filepath.Join(base, "dialpath", "kernels"), nil
}

// checkArch refuses what has not been built: guests are amd64 only.
func checkArch() error {
	if runtime.GOARCH != "amd64" {
		return fmt.Errorf("boot a guest: this lab has guests for amd64 only, and this is %s", runtime.GOARCH)
	}
	return nil
}
