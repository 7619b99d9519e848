package workshop

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dialpath/lab/exercise"
)

// standIn makes a Go command that knows its version and nothing else.
func standIn(t *testing.T, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "go")
	text := fmt.Sprintf("#!/bin/sh\n[ \"$*\" = 'env GOVERSION' ] && [ \"$PWD\" = / ] && echo '%s'\n", version)
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestChooseGo(t *testing.T) {
	for _, c := range []struct {
		what, need string
		versions   []string // of the candidates, in order; "" is not there
		want       int      // which of them
		err        string
	}{
		{"new enough", "1.23", []string{"go1.23.1", "go1.26.8"}, 0, ""},
		{"newer than the lab's", "1.23", []string{"go1.27.0", "go1.26.8"}, 0, ""},
		{"not yet released", "1.23", []string{"go1.27-devel_0123abc Mon Jan 2", "go1.26.8"}, 0, ""},
		{"with what it was built with", "1.23", []string{"go1.26.1 X:nodwarf5", "go1.26.8"}, 0, ""},
		{"Debian 12's", "1.23", []string{"go1.19.8", "", "go1.26.8"}, 2, ""},
		{"Ubuntu 24.04's", "1.23", []string{"go1.22.2", "", "go1.26.8"}, 2, ""},
		{"Debian 13's, for exercise 16", "1.26.0", []string{"go1.24.4", "", "go1.26.8"}, 2, ""},
		{"none in PATH", "1.23", []string{"", "", "go1.26.8"}, 2, ""},
		{"one that fetches, and the lab's is gone", "1.26.0", []string{"go1.19.8", "go1.24.4", ""}, 1, ""},
		{"too old", "1.23", []string{"go1.19.8", "", ""}, 0,
			"build the program: go1.19.8 is too old for it: install Go 1.23 or later, see go.dev/doc/install, or build the lab anew by make build, which fetches one"},
		{"none", "1.23", []string{"", "", ""}, 0,
			"build the program: there is no go command in PATH: install Go, see go.dev/doc/install"},
	} {
		t.Run(c.what, func(t *testing.T) {
			var candidates []string
			for _, version := range c.versions {
				path := filepath.Join(t.TempDir(), "none")
				if version != "" {
					path = standIn(t, version)
				}
				candidates = append(candidates, path)
			}
			got, err := chooseGo(c.need, candidates...)
			switch {
			case c.err != "":
				if err == nil || err.Error() != c.err {
					t.Errorf("error %v, want %s", err, c.err)
				}
			case err != nil:
				t.Error(err)
			case got != candidates[c.want]:
				t.Errorf("%s, want %s", versionOf(got), c.versions[c.want])
			}
		})
	}
}

// TestNeeded: what an exercise's own go.mod says.
func TestNeeded(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	for number, want := range map[string]string{"2": exercise.Go, "16": "1.26.0"} {
		e, err := exercise.Lookup(number)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Start(e); err != nil {
			t.Fatal(err)
		}
		if got := needed(f.Path(e)); got != want {
			t.Errorf("%s needs Go %s, want %s", number, got, want)
		}
	}
}

// TestBuildWithoutGo: a Go that only the lab's set-up knows of builds the programs.
func TestBuildWithoutGo(t *testing.T) {
	f, e := begun(t)
	t.Setenv("PATH", filepath.Dir(standIn(t, "go1.19.8")))
	t.Setenv("GOROOT", "")
	path, err := chooseGo(needed(f.Path(e)), "go", filepath.Join(build.Default.GOROOT, "bin", "go"))
	if err != nil {
		t.Fatal(err)
	}
	if got := versionOf(path); got != runtime.Version() {
		t.Errorf("it is %s, want %s", got, runtime.Version())
	}
	_, remove, err := f.Build(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	remove()
}

// TestProxies: behind a pack's modules comes what the Go command says by itself, be it of
// the environment, of its user's settings, or its own default.
func TestProxies(t *testing.T) {
	settings := filepath.Join(t.TempDir(), "env")
	put(t, settings, "GOPROXY=https://proxy.example,direct\n")
	for _, c := range []struct{ what, variable, want string }{
		{"the environment's", "off", "file:///pack/modules,off"},
		{"the settings'", "", "file:///pack/modules,https://proxy.example,direct"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Setenv("GOPROXY", c.variable)
			t.Setenv("GOENV", settings)
			if got := proxies("/pack/modules", "go"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	t.Run("its own", func(t *testing.T) {
		t.Setenv("GOPROXY", "")
		t.Setenv("GOENV", "off")
		got := proxies("/pack/modules", "go")
		if own, found := strings.CutPrefix(got, "file:///pack/modules,"); !found || own == "" {
			t.Errorf("got %s, want Go's default behind the pack's", got)
		}
	})
	if got := proxies("/pack/modules", standIn(t, "go1.26.8")); got != "file:///pack/modules" {
		t.Errorf("got %s of a Go command that says nothing", got)
	}
}
