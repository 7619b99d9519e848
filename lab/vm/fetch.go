package vm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Progress is told how far a step is, from 0 to 1, or -1 when it is given up.
type Progress func(step string, done float64)

// Fetch returns a kernel of the series, as "6.12". The first time it downloads
// the newest one that Debian has, which apt checks against the signatures of the
// Debian archive; from then on it takes the one in the user's cache, without a
// network. One that lies in kernels/ beside the program comes first. Two at once do
// no harm. progress may be nil.
//
// The packages come from the mirror that this machine's apt uses, or from the
// one that the environment names in [MirrorEnv].
func Fetch(ctx context.Context, series string, progress Progress) (Kernel, error) {
	if err := checkArch(); err != nil {
		return Kernel{}, err
	}
	source, err := sourceOf(series)
	if err != nil {
		return Kernel{}, err
	}
	if k, ok := atHand(series); ok {
		return k, nil
	}
	base, err := cacheDir()
	if err != nil {
		return Kernel{}, err
	}
	dir := filepath.Join(base, series)
	if progress == nil {
		progress = func(string, float64) {}
	}
	if err := fetch(ctx, source, base, findMirrors, progress); err != nil {
		progress("", -1)
		return Kernel{}, fmt.Errorf("fetch kernel %s: %w", series, err)
	}
	k, ok := cached(dir, series)
	if !ok {
		return Kernel{}, fmt.Errorf("fetch kernel %s: %s is not whole: remove it and try again", series, dir)
	}
	return k, nil
}

// atHand returns a kernel of the series that is on this machine already.
func atHand(series string) (Kernel, bool) {
	if k, ok := packed(series); ok {
		return k, true
	}
	base, err := cacheDir()
	if err != nil {
		return Kernel{}, false
	}
	return cached(filepath.Join(base, series), series)
}

// mirrorFinder is [findMirrors], or what a test has in its place.
type mirrorFinder func(context.Context) (mirrors, error)

// fetch puts a kernel into the cache, unless someone else just did.
func fetch(ctx context.Context, source kernelSource, base string, find mirrorFinder, progress Progress) error {
	if err := os.MkdirAll(base, 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, filepath.Join(base, "."+source.series+".lock"))
	if err != nil {
		return err
	}
	defer unlock()
	dir := filepath.Join(base, source.series)
	if _, ok := cached(dir, source.series); ok {
		return nil
	}
	// What an earlier run left here was killed half way: we hold the lock.
	pattern := "." + source.series + ".new-"
	if stale, err := filepath.Glob(filepath.Join(base, pattern+"*")); err == nil {
		for _, name := range stale {
			os.RemoveAll(name)
		}
	}
	tmp, err := os.MkdirTemp(base, pattern)
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	m, err := find(ctx)
	if err != nil {
		return err
	}
	if err := download(ctx, source, m, tmp, progress); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(filepath.Join(tmp, "kernel"), dir)
}

// download leaves a whole kernel in tmp/kernel.
func download(ctx context.Context, source kernelSource, m mirrors, tmp string, progress Progress) error {
	for _, suite := range source.suites {
		a, err := newApt(filepath.Join(tmp, "apt-"+suite), m.of(suite), suite)
		if err != nil {
			return err
		}
		step := fmt.Sprintf("find kernel %s in %s", source.series, suite)
		progress(step, 0)
		err = a.download(ctx, func(done float64) { progress(step, done) }, "update", "--error-on=any")
		if err != nil {
			return err
		}
		progress(step, 1)
		k, packages, err := resolve(ctx, a, source.series)
		if err != nil {
			return err
		}
		if k.Release != "" {
			return install(ctx, a, k, packages, filepath.Join(tmp, "kernel"), progress)
		}
	}
	return fmt.Errorf("none in Debian's %s: choose another series", strings.Join(source.suites, " or "))
}

// resolve asks apt for the newest kernel of the series, and for the packages
// that make it up. The kernel has no release when the suite has none of it.
func resolve(ctx context.Context, a apt, series string) (Kernel, []string, error) {
	prefixes := packagesOf(series)
	names, err := a.output(ctx, "apt-cache", "pkgnames", prefixes[0]+series+".")
	if err != nil {
		return Kernel{}, nil, err
	}
	var candidates []string
	for _, name := range strings.Fields(names) {
		if strings.HasSuffix(name, flavour) {
			candidates = append(candidates, name)
		}
	}
	if len(candidates) == 0 {
		return Kernel{}, nil, nil
	}
	listed, err := a.output(ctx, "apt-cache", append([]string{"madison"}, candidates...)...)
	if err != nil {
		return Kernel{}, nil, err
	}
	release, version := newest(listed, prefixes[0], series)
	if release == "" {
		return Kernel{}, nil, nil
	}
	var packages []string
	for _, p := range prefixes {
		packages = append(packages, p+release+"="+version)
	}
	return Kernel{Series: series, Release: release, Version: version}, packages, nil
}

// install downloads the packages and takes the kernel and the modules out.
func install(ctx context.Context, a apt, k Kernel, packages []string, dir string, progress Progress) error {
	step := "download Linux " + k.Release
	progress(step, 0)
	err := a.download(ctx, func(done float64) { progress(step, done) }, append([]string{"download"}, packages...)...)
	if err != nil {
		return err
	}
	progress(step, 1)
	debs, err := filepath.Glob(filepath.Join(a.dir, "*.deb"))
	if err != nil {
		return err
	}
	tree := filepath.Join(a.dir, "tree")
	for _, deb := range debs {
		if _, err := run(ctx, a.dir, nil, "dpkg-deb", "-x", deb, tree); err != nil {
			return err
		}
	}
	return pick(tree, k, dir)
}

// pick copies from an unpacked package what a guest needs.
func pick(unpacked string, k Kernel, dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, moduleDir), 0o755); err != nil {
		return err
	}
	// Until Debian merged /lib into /usr the modules were in /lib.
	lib, err := firstExisting(filepath.Join(unpacked, "usr/lib/modules", k.Release), filepath.Join(unpacked, "lib/modules", k.Release))
	if err != nil {
		return err
	}
	image, err := firstExisting(filepath.Join(unpacked, "boot", "vmlinuz-"+k.Release), filepath.Join(lib, "vmlinuz"))
	if err != nil {
		return err
	}
	if err := os.Rename(image, filepath.Join(dir, imageFile)); err != nil {
		return err
	}
	tree, err := openModules(lib, filepath.Join(dir, moduleDir))
	if err != nil {
		return err
	}
	m := manifest{Series: k.Series, Release: k.Release, Version: k.Version, Wanted: slices.Concat(modules, firewall)}
	if m.Modules, err = tree.extractAll(modules); err != nil {
		return err
	}
	if m.Firewall, err = tree.extractAll(firewall); errors.Is(err, errNoModule) {
		m.Firewall = nil // it does without
	} else if err != nil {
		return err
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestFile), data, 0o644)
}

func firstExisting(names ...string) (string, error) {
	for _, name := range names {
		if _, err := os.Stat(name); err == nil {
			return name, nil
		}
	}
	return "", &fs.PathError{Op: "find", Path: names[0], Err: fs.ErrNotExist}
}

// lock takes an exclusive lock on a file, waiting for another holder to finish.
func lock(ctx context.Context, name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}
