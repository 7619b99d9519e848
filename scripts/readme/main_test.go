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
	"dialpath/scripts/pages"
)

func TestReplace(t *testing.T) {
	t.Parallel()
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

// TestBlocks runs every command of the pages' blocks and compares what it prints with what
// is shown. Numbers may differ, as times and process numbers do from run to run; words may
// not. Each command in a guest boots its own, as a reader does: these are run where nothing
// may be left out, as in continuous integration.
func TestBlocks(t *testing.T) {
	ring.Guest(t)
	if !ring.All() {
		t.Log("the blocks of commands in guests are not compared: DIALPATH_RINGS=all does, or make readme")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pages.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	bin, compared := ring.Build(t), 0
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if blocks := strings.Count(string(text), opening); blocks > 0 {
			compared += blocks
			t.Run(name, func(t *testing.T) { compare(t, root, bin, string(text)) })
		}
	}
	if compared < 10 {
		t.Errorf("only %d blocks were found on %q", compared, names)
	}
}

// compare runs the commands of a page.
func compare(t *testing.T, root, bin, shown string) {
	desk := t.TempDir()
	if err := furnish(desk, root, bin); err != nil {
		t.Fatal(err)
	}
	printed, err := replace(shown, func(command, output string) (string, error) {
		if inGuest.MatchString(command) && !ring.All() {
			return output, nil
		}
		return run(desk, root, command)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(words(shown), words(printed)); diff != "" {
		t.Errorf("the page is not what the program prints; make readme mends it (- shown, + printed):\n%s", diff)
	}
}

// inGuest matches commands that boot a guest.
var inGuest = regexp.MustCompile(`lab vm | --guest\b`)

var (
	times   = regexp.MustCompile(`[0-9]+(\.[0-9]+)? (µs|ms|s)\b`)
	numbers = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+`)
	spaces  = regexp.MustCompile(`  +`)
	missed  = regexp.MustCompile(`(?s) *missed [0-9]+ hits?, .*?too low\n`)
)

// words takes the numbers out of a text, and the width that they took, and the
// order of its lines: that of a list goes by numbers. What takes milliseconds here may take
// seconds there. That a hit was missed may happen in one run, and not in another.
func words(text string) []string {
	text = times.ReplaceAllString(missed.ReplaceAllString(text, ""), "0 s")
	text = spaces.ReplaceAllString(numbers.ReplaceAllString(text, "0"), "  ")
	return slices.Sorted(strings.Lines(text))
}

func TestWords(t *testing.T) {
	t.Parallel()
	const shown = "attached in 205 ms\npid   7 at 0x9d0e33\n"
	if diff := cmp.Diff(words(shown), words("pid  12345 at 0x655216\nattached in 1.5 s\n")); diff != "" {
		t.Errorf("times, numbers or the order differ (-want +got):\n%s", diff)
	}
	if cmp.Equal(words(shown), words("attached in 205 ms\npid   7 by 0x9d0e33\n")) {
		t.Error("another word is not seen")
	}
}
