package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/export"
)

// ofNoFile are the flags that take something else than a file's name, or that are for outside
// alone: with -r nothing is run in a guest, and the workshop's and the guest's own flags stay.
var ofNoFile = []string{"workload", "times", "pid", "duration", "backend", "replay", "kernel", "name", "dir", "accel", "limit", "with-file"}

// TestFilesOfFlags: of each flag that takes something it is said whether that names a file,
// which a guest then is given, or brings back.
func TestFilesOfFlags(t *testing.T) {
	t.Parallel()
	seen, carried := make(map[string]bool), make(map[string]bool)
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			seen[f.Name] = true
			if f.NoOptDefVal != "" {
				return
			}
			_, told := ofFiles[f.Name]
			if told == slices.Contains(ofNoFile, f.Name) {
				t.Errorf("%s --%s must stand either in ofFiles or in ofNoFile", cmd.CommandPath(), f.Name)
			}
			if told && !strings.HasPrefix(verbOf(cmd), "exercise") {
				carried[f.Name] = testCarried(t, cmd.Name(), f) || carried[f.Name]
			}
		})
		for _, verb := range cmd.Commands() {
			walk(verb)
		}
	}
	walk(newRoot(environment{lab: "lab"}))
	for _, name := range ofNoFile {
		if !seen[name] {
			t.Errorf("no verb has --%s", name)
		}
	}
	for name := range ofFiles {
		if !carried[name] {
			t.Errorf("--%s: no verb takes a file along", name)
		}
	}
}

// testCarried names a file by a flag, and looks for it in what the verb takes into a guest or
// brings back. It is false if the flag can name none for this verb.
func testCarried(t *testing.T, verb string, f *pflag.Flag) bool {
	file := filepath.Join(t.TempDir(), "file")
	value := file
	if f.Name == "output" {
		i := slices.IndexFunc(export.Formats(), func(format export.Format) bool { return format.Of == f.Annotations[partOf][0] })
		if i < 0 {
			return false
		}
		value = export.Formats()[i].Name + "=" + file
	}
	job, err := newJob(environment{lab: "lab"}, []string{verb, "--" + f.Name + "=" + value})
	if err != nil {
		t.Errorf("lab %s --%s=%s: %v", verb, f.Name, value, err)
	}
	if !slices.Contains(job.Inputs, file) && !slices.Contains(job.Outputs, file) {
		t.Errorf("lab %s --%s=%s: it takes %q into a guest and brings %q back", verb, f.Name, value, job.Inputs, job.Outputs)
	}
	return true
}
