package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// toShow are the flags of verbs with -r that say what to show, or where: a recording is shown
// by them as well.
var toShow = []string{"replay", "json", "output", "log", "explain", "all", "diff", "list", "source", "syscalls", "stack", "dir", "help"}

// TestFlagsBesideReplay: of each flag beside -r it is said whether it is of recording, and
// then refused, or of showing.
func TestFlagsBesideReplay(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, verb := range cmd.Commands() {
			walk(verb)
		}
		cmd.InitDefaultHelpFlag()
		if cmd.Flags().Lookup("replay") == nil {
			return
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			seen[f.Name] = true
			if slices.Contains(toRecord, f.Name) == slices.Contains(toShow, f.Name) {
				t.Errorf("%s --%s must stand either in toRecord or in toShow", cmd.CommandPath(), f.Name)
			}
		})
	}
	walk(newRoot(environment{lab: "lab"}))
	for _, name := range slices.Concat(toRecord, toShow) {
		if !seen[name] {
			t.Errorf("no verb has --%s beside -r", name)
		}
	}
}
