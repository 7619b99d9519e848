package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/ring"
)

func TestReplace(t *testing.T) {
	const text = "A\n```console\n$ one\nold\n```\nB\n```\n$ not ours\n```\n```console\n$ two\n```\n"
	got, err := replace(text, func(command, _ string) (string, error) { return "new " + command + "\n", nil })
	if err != nil {
		t.Fatal(err)
	}
	const want = "A\n```console\n$ one\nnew one\n```\nB\n```\n$ not ours\n```\n```console\n$ two\nnew two\n```\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := replace("```console\n$ one\n", nil); err == nil {
		t.Error("a block without an end was accepted")
	}
}

// TestREADME runs every command of the README and compares what it prints with what
// is shown. Numbers may differ, as times and process numbers do from run to run;
// words may not. Each command in a guest boots its own, as a reader does: these are run
// where nothing may be left out, as in continuous integration.
func TestREADME(t *testing.T) {
	ring.Guest(t)
	patient := ring.All()
	if !patient {
		t.Log("the blocks of commands in guests are not compared: DIALPATH_RINGS=all does, or make readme")
	}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(ring.Build(t), filepath.Join(dir, "bin")); err != nil {
		t.Fatal(err)
	}
	shown, err := os.ReadFile(filepath.Join(here, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(here, "scripts"), filepath.Join(dir, "scripts")); err != nil {
		t.Fatal(err)
	}
	printed, err := replace(string(shown), func(command, shown string) (string, error) {
		if inGuest.MatchString(command) && !patient {
			return shown, nil
		}
		output, err := run(dir, command)
		// A debugger shows sources relative to where it is run.
		return strings.ReplaceAll(output, here+"/", "./"), err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(words(string(shown)), words(printed)); diff != "" {
		t.Errorf("the README is not what the program prints; make readme mends it (- shown, + printed):\n%s", diff)
	}
}

// inGuest matches commands that boot a guest.
var inGuest = regexp.MustCompile(`lab vm | --guest\b`)

var (
	numbers = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+`)
	spaces  = regexp.MustCompile(`  +`)
	missed  = regexp.MustCompile(`(?s) *missed [0-9]+ hits?, .*?too low\n`)
)

// words takes the numbers out of a text, and the width that they took, and the
// order of its lines: that of a list goes by numbers. That a hit was missed may happen in
// one run, and not in another.
func words(text string) []string {
	text = missed.ReplaceAllString(text, "")
	text = spaces.ReplaceAllString(numbers.ReplaceAllString(text, "0"), "  ")
	return slices.Sorted(strings.Lines(text))
}
