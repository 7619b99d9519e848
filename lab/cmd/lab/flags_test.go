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
	eachVerb(func(cmd *cobra.Command) {
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
	})
	for _, name := range slices.Concat(toRecord, toShow) {
		if !seen[name] {
			t.Errorf("no verb has --%s beside -r", name)
		}
	}
}

// ofSome are the flags of toRecord that say whom to trace, where, or what becomes of it: not
// all verbs that trace have them.
var ofSome = []string{"workload", "times", "pid", "duration", "save", "anywhere", "guest", "kernel"}

// TestFlagsOfAll: a flag that says how to trace is one of all verbs that do.
func TestFlagsOfAll(t *testing.T) {
	t.Parallel()
	verbs := 0
	eachVerb(func(cmd *cobra.Command) {
		if cmd.Flags().Lookup("backend") == nil {
			return
		}
		verbs++
		for _, name := range toRecord {
			if !slices.Contains(ofSome, name) && cmd.Flags().Lookup(name) == nil {
				t.Errorf("%s has no --%s: declare it in recordFlags, or name it in ofSome", cmd.CommandPath(), name)
			}
		}
	})
	if verbs < 10 {
		t.Errorf("only %d verbs trace", verbs)
	}
}

// eachVerb hands all verbs to use, and the verbs of those.
func eachVerb(use func(*cobra.Command)) {
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		use(cmd)
		for _, verb := range cmd.Commands() {
			walk(verb)
		}
	}
	walk(newRoot(environment{lab: "lab"}))
}
