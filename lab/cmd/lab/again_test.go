package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// setAll sets all flags of a verb but some, and returns how a lab is to be told them.
func setAll(t *testing.T, cmd *cobra.Command, but ...string) (all []string) {
	t.Helper()
	values := map[string]string{"string": "a value.json", "int": "3", "bool": "true", "duration": "1m0s"}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if slices.Contains(but, f.Name) {
			return
		}
		value, known := values[f.Value.Type()]
		if !known {
			t.Fatalf("--%s is of type %s: say here what it may be set to", f.Name, f.Value.Type())
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil {
			t.Fatalf("--%s %s: %v", f.Name, value, err)
		}
		all = append(all, "--"+f.Name+"="+value)
	})
	return all
}

// TestAgain: a guest is told of every flag of the tour that was set, whatever flags there are.
func TestAgain(t *testing.T) {
	t.Parallel()
	cmd := newTour(environment{lab: "lab"})
	want := slices.Concat([]string{"tour"}, setAll(t, cmd, "anywhere"), []string{"5", "6"})
	if err := cmd.Flags().Set("anywhere", "true"); err != nil {
		t.Fatal(err)
	}
	if got := again(cmd, []string{"5", "6"}, "anywhere"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(want) < 6 {
		t.Errorf("only %q is tried", want)
	}
}

// TestTrialFlags: of every flag of who checks a program, the lab that runs it in a guest is
// told, and knows what it is; or it is said that it means nothing there.
func TestTrialFlags(t *testing.T) {
	t.Parallel()
	tried := make(map[string]bool)
	for _, verb := range []string{"check", "watch"} {
		root := newRoot(environment{lab: "lab"})
		cmd, _, err := root.Find([]string{"exercise", verb})
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.ParseFlags(nil); err != nil { // it now has those of lab exercise, too
			t.Fatal(err)
		}
		setAll(t, cmd, "help")
		cmd.Flags().VisitAll(func(f *pflag.Flag) { tried[f.Name] = true })
		trial := newTrial(environment{lab: "lab"})
		flags := setFlags(cmd, append([]string{"help"}, ofCheck...)...)
		if err := trial.ParseFlags(flags); err != nil {
			t.Errorf("lab exercise %s: lab trial does not know what it is told: %v: add it there, or to ofCheck", verb, err)
		}
		if again := setFlags(trial); !slices.Equal(again, flags) || len(flags) == 0 {
			t.Errorf("lab exercise %s: of %q lab trial has heard %q", verb, flags, again)
		}
	}
	for _, name := range ofCheck {
		if !tried[name] {
			t.Errorf("--%s is in ofCheck, and lab exercise has no such flag", name)
		}
	}
}
