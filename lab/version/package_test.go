package version_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackage: a package's version is valid for Debian and for Red Hat, and grows as git's
// does; of what was not committed no package is made.
func TestPackage(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("without git there are no packages: TestPackageRefused")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "scripts", "version.sh")
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(cmd.Environ(), "GIT_COMMITTER_DATE=2026-11-27T23:30:00-03:00")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %q: %v", name, args, err)
		}
		return strings.TrimSpace(string(out))
	}
	git := func(args ...string) string {
		t.Helper()
		return run("git", append([]string{"-c", "user.name=Gopher", "-c", "user.email=gopher@example.com"}, args...)...)
	}
	short := func() string { return git("rev-parse", "--short", "HEAD") }
	is := func(when, want string) {
		t.Helper()
		if got := run(script, "package"); got != want+" 1795833000" {
			t.Errorf("%s: %q, want %q and the commit's time", when, got, want)
		}
	}
	run("mkdir", filepath.Dir(script))
	output(t, "cp", "../../scripts/version.sh", script)
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "first")
	is("without a tag", "0.0.0~git20261128."+short())
	git("tag", "article")
	is("with a tag that is no version", "0.0.0~git20261128."+short())
	git("tag", "v1.2.0-rc.1")
	is("at a candidate", "1.2.0~rc.1")
	git("commit", "-q", "--allow-empty", "-m", "second")
	is("after a candidate", "1.2.0~rc.1+1.g"+short())
	git("tag", "v1.2.0")
	is("at a version", "1.2.0")
	git("commit", "-q", "--allow-empty", "-m", "third")
	is("after a version", "1.2.0+1.g"+short())

	run("touch", "new")
	refuses(t, script, "version: here is more than was committed (see git status): commit it, or put it away, and run this again\n")
}

// TestPackageRefused: there is no package of a folder that is no clone.
func TestPackageRefused(t *testing.T) {
	script := filepath.Join(t.TempDir(), "scripts", "version.sh")
	output(t, "mkdir", filepath.Dir(script))
	output(t, "cp", "../../scripts/version.sh", script)
	refuses(t, script, "version: here is no commit to make packages of: clone the repository, and run this there\n")
}

// refuses checks that there is no package, and what is said of it.
func refuses(t *testing.T, script, want string) {
	t.Helper()
	out, err := exec.Command(script, "package").CombinedOutput()
	if err == nil || string(out) != want {
		t.Errorf("%v, and it says %q; want %q", err, out, want)
	}
}
