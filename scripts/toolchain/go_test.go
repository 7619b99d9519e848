// Package toolchain tests scripts/go.sh with Go commands that are none: each knows its
// version, and fetches what a test wants it to.
package toolchain

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// standIn is a Go command. What it is to say of a download is in $DOWNLOAD, else it
// succeeds; what it was asked for goes to $ASKED.
const standIn = `#!/bin/bash
case $* in
'env GOVERSION GOMODCACHE')
	[[ $PWD == / ]] || exit 1
	printf '%s\n' "$VERSION" "$MODULES"
	;;
'env GOSUMDB') echo "${GOSUMDB:-sum.golang.org}" ;;
'mod download '*)
	echo "$* GOMODCACHE=$GOMODCACHE GONOSUMDB=$GONOSUMDB GOTOOLCHAIN=$GOTOOLCHAIN" >>"$ASKED"
	echo 'go: downloading golang.org/toolchain v0.0.1' >&2
	if [[ -v DOWNLOAD ]]; then
		echo "$DOWNLOAD" >&2
		exit 1
	fi
	made=$MODULES/$3
	mkdir -p "$made"/{bin,pkg/tool/any}
	echo '#!/bin/bash' >"$made/bin/go"
	echo 'echo "fetched: $* GOROOT=$GOROOT GOTOOLCHAIN=$GOTOOLCHAIN"' >>"$made/bin/go"
	touch "$made/bin/gofmt" "$made/pkg/tool/any/compile"
	;;
*) echo "yours: $*" ;;
esac
`

// The checkout's go.mod, and what it has the script fetch.
const (
	goMod = "module dialpath\n\ngo 1.26.0\n\ntoolchain go1.26.8\n\nrequire golang.org/x/sys v0.49.0\n"
	named = "golang.org/toolchain@v0.0.1-go1.26.8." + runtime.GOOS + "-" + runtime.GOARCH
)

// A machine has a checkout, one Go command, and a module cache.
type machine struct {
	script, modules string
	asked           string // a file: what the Go was asked to download, a line each
	env             []string
}

func newMachine(t *testing.T, version string, env ...string) machine {
	t.Helper()
	dir := t.TempDir()
	script, err := os.ReadFile("../go.sh")
	if err != nil {
		t.Fatal(err)
	}
	m := machine{script: filepath.Join(dir, "scripts", "go.sh"), modules: filepath.Join(dir, "modules"), asked: filepath.Join(dir, "asked")}
	put(t, m.script, string(script), 0o755)
	put(t, filepath.Join(dir, "go.mod"), goMod, 0o644)
	put(t, filepath.Join(dir, "path", "go"), standIn, 0o755)
	m.env = append(append(os.Environ(),
		"PATH="+filepath.Join(dir, "path")+":"+os.Getenv("PATH"), "VERSION="+version, "MODULES="+m.modules, "ASKED="+m.asked,
		"GOROOT=/another", "GOTOOLCHAIN=go1.22.1", "GOSUMDB=", "GOMODCACHE="), env...)
	return m
}

func put(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// expect runs the script.
func (m machine) expect(t *testing.T, want string, status int, args ...string) {
	t.Helper()
	cmd := exec.Command(m.script, args...)
	cmd.Env = m.env
	out, _ := cmd.CombinedOutput()
	if is := cmd.ProcessState.ExitCode(); string(out) != want || is != status {
		t.Errorf("go.sh %s: exit status %d, and it says\n%s\nwant %d and\n%s", strings.Join(args, " "), is, out, status, want)
	}
}

func (m machine) expectAsked(t *testing.T, want string) {
	t.Helper()
	if got, _ := os.ReadFile(m.asked); string(got) != want {
		t.Errorf("its Go was asked for %q, want %q", got, want)
	}
}

func TestNewEnough(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"go1.26.0", "go1.26.8", "go1.27.1", "go1.26.3 X:nodwarf5", "go1.27-devel_0123abc Mon Jan 2", "devel go1.28-0123abc Mon Jan 2"} {
		t.Run(version, func(t *testing.T) {
			m := newMachine(t, version)
			m.expect(t, "yours: env GOROOT\n", 0, "env", "GOROOT")
			m.expect(t, "", 0, "fetch")
			m.expectAsked(t, "")
		})
	}
}

func tooOld(version string) string {
	return "go.sh: this checkout needs Go 1.26.0 or later, and here is " + version + ": run scripts/setup.sh go, which fetches it\n"
}

// TestTooOld: what has been fetched runs, with nothing of the Go that fetched it, and is
// not fetched again.
func TestTooOld(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"go1.18.1", "go1.19.8", "go1.22.2", "go1.24.4", "go1.25.13", "go1.26rc1"} {
		t.Run(version, func(t *testing.T) {
			m := newMachine(t, version)
			m.expect(t, tooOld(version), 1, "version")
			m.expect(t, "setup: fetching go1.26.8\n", 0, "fetch")
			m.expect(t, "fetched: build -o x . GOROOT= GOTOOLCHAIN=local\n", 0, "build", "-o", "x", ".")
			m.expect(t, "", 0, "fetch")
			m.expectAsked(t, "mod download "+named+" GOMODCACHE="+m.modules+" GONOSUMDB=none GOTOOLCHAIN=local\n")
			for _, name := range []string{"bin/go", "bin/gofmt", "pkg/tool/any/compile"} {
				if info, err := os.Stat(filepath.Join(m.modules, named, name)); err != nil || info.Mode()&0o111 != 0o111 {
					t.Errorf("%s is no program: %v, %v", name, info, err)
				}
			}
		})
	}
}

// TestNotFetched: one line says why, and what to do; what is there in part is not run.
func TestNotFetched(t *testing.T) {
	t.Parallel()
	fetching := func(why string) string {
		return "setup: fetching go1.26.8\ngo.sh: cannot fetch go1.26.8: " + why +
			": mend that and run this again, or install go1.26.8 yourself (see go.dev/dl)\n"
	}
	for _, c := range []struct{ what, env, want string }{
		{"no network", "DOWNLOAD=go: " + named + `: Get "https://proxy.example/": dial tcp: no route to host`,
			fetching(`Get "https://proxy.example/": dial tcp: no route to host`)},
		{"another checksum", "DOWNLOAD=" + named + ": verifying module: checksum mismatch\n\tdownloaded: h1:a\n\tsum.golang.org: h1:b\n\nSECURITY ERROR",
			fetching("verifying module: checksum mismatch")},
		{"no checksums", "GOSUMDB=off",
			"go.sh: go1.26.8 cannot be checked with GOSUMDB=off: run this again with GOSUMDB=sum.golang.org, or install go1.26.8 yourself (see go.dev/dl)\n"},
	} {
		t.Run(c.what, func(t *testing.T) {
			m := newMachine(t, "go1.19.8", c.env)
			put(t, filepath.Join(m.modules, named, "bin", "go"), "", 0o444)
			m.expect(t, c.want, 1, "fetch")
			m.expect(t, tooOld("go1.19.8"), 1, "version")
		})
	}
}
