package papers

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dialpath/lab/kernel"
)

// alsoCalled is what else an architecture is called, by uname or by a compiler, where that is
// more than Go's name without its 64.
var alsoCalled = map[string]string{"arm64": "|aarch64"}

// ofOneOnly are the names of files that are there once for each architecture: where one is
// missing, make check cannot build the lab.
var ofOneOnly = regexp.MustCompile(`_(amd64|arm64)\.go$|_bpfel\.go$`)

// derived are files that name some architectures, and work on all.
var derived = map[string]string{
	"scripts/go.sh": "others have the same name for uname and for Go",
}

// TestArchitectures: whatever names an architecture besides the first, on which alone guests
// run and releases are tried, names all others, too. So a new one of [kernel.Archs] is
// forgotten in none: neither where it is built and released, nor where it is told apart, nor
// where readers are told of it, nor where numbers are said to be its own.
func TestArchitectures(t *testing.T) {
	t.Parallel()
	texts := speaking(t)
	for name, archs := range silentOn(texts, kernel.Archs()) {
		t.Errorf("%s speaks of other architectures, and not of %s: what is so there?", name, archs)
	}
	// Today there is but one besides the first: what the next one takes.
	if files := silentOn(texts, append(kernel.Archs(), "mips64")); len(files) < 20 {
		t.Errorf("a new architecture must be named in these files only: %v", files)
	}
	few := map[string]string{"old": "EM_AARCH64", "new": "GOARCH=arm64 __TARGET_ARCH_riscv", "first": "x86_64", "none": "charm"}
	if got, want := silentOn(few, []string{"amd64", "arm64", "riscv64"}), map[string]string{"old": "riscv"}; !maps.Equal(got, want) {
		t.Errorf("silent are %v, want %v", got, want)
	}
}

// silentOn returns the files whose texts name one of the architectures, but for the first,
// and not another, with that.
func silentOn(texts map[string]string, archs []string) map[string]string {
	silent := make(map[string]string)
	for name, text := range texts {
		var missing []string
		for _, arch := range archs[1:] {
			also, has := alsoCalled[arch]
			if !has {
				arch = strings.TrimSuffix(arch, "64")
			}
			if !regexp.MustCompile(`(?i)(\b|_)` + arch + also).MatchString(text) {
				missing = append(missing, arch)
			}
		}
		if len(missing) > 0 && len(missing) < len(archs)-1 && derived[name] == "" {
			silent[name] = strings.Join(missing, ", ")
		}
	}
	return silent
}

// speaking are the texts of the project that may name architectures, by file: its sources
// but tests, its scripts, and its pages but what a release had.
func speaking(t *testing.T) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		base := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && (base == "testdata" || base == "files" || name == "workshop" || name == "dist" || strings.HasPrefix(base, ".") && name != "."):
			return filepath.SkipDir
		case d.IsDir() || ofOneOnly.MatchString(base) || strings.HasSuffix(base, "_test.go") || name == "CHANGELOG.md":
			return nil
		case strings.Contains(".go .h .c .sh .yaml .md", filepath.Ext(base)) || base == "Makefile" || base == "Vagrantfile":
			text, err := os.ReadFile(path)
			texts[name] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
