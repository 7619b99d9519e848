package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// TestPage holds one page to the letter.
func TestPage(t *testing.T) {
	t.Parallel()
	verb, _, err := newRoot(environment{lab: "lab"}).Find([]string{"version"})
	if err != nil {
		t.Fatal(err)
	}
	want := `.TH "LAB\-VERSION" "1" "" "dialpath unknown" "Dialpath"
.SH "NAME"
lab\-version \- Say which lab this is
.SH "SYNOPSIS"
lab version
.SH "DESCRIPTION"
Version says which lab this is, from which commit it was built, and by which Go.
What is not known, as of a lab that was built outside of a clone, is unknown.
.SH "OPTIONS"
.TP
\-h, \-\-help
help for version
.TP
\-\-json
write JSON
.SH "EXAMPLES"
.nf
  lab version
  lab version \-\-json
.fi
.SH "SEE ALSO"
lab(1)
`
	if diff := cmp.Diff(want, page(verb)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPages: each verb has a page, and no line of its help is taken for a request.
func TestPages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if status, _, stderr := lab(t, "man", dir); status != statusDone {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var want []string
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		want = append(want, pageOf(cmd)+".1")
		for _, verb := range cmd.Commands() {
			if verb.IsAvailableCommand() {
				walk(verb)
			}
		}
	}
	walk(newRoot(environment{lab: "lab"}))
	slices.Sort(want)
	var got []string
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	request := regexp.MustCompile(`^\.(TH|SH|TP|PP|nf|fi)( "|$)`)
	for _, file := range files {
		got = append(got, file.Name())
		text, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSuffix(line, "\n")
			if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !request.MatchString(line) {
				t.Errorf("%s: %s", file.Name(), line)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if status, _, stderr := lab(t, "man", filepath.Join(dir, "none")); status != statusFailed || !strings.HasPrefix(stderr, "lab: write the page "+dir) {
		t.Errorf("into a folder that is not there: status %d: %s", status, stderr)
	}
}

// TestTroff: text stands for itself.
func TestTroff(t *testing.T) {
	t.Parallel()
	var p troff
	p.macro("SH", `a "b" -c`)
	p.text(".x\n'y'\na\\b --c")
	want := ".SH \"a \\(dqb\\(dq \\-c\"\n\\&.x\n\\&'y'\na\\eb \\-\\-c\n"
	if got := p.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
