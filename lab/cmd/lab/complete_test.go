package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/kernel"
	"dialpath/lab/vm"
)

// completed are the words that a shell is offered for the last of the arguments, without
// what they mean.
func completed(t *testing.T, args ...string) []string {
	t.Helper()
	status, stdout, stderr := lab(t, append([]string{cobra.ShellCompRequestCmd}, args...)...)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if status != statusDone || !strings.HasPrefix(lines[len(lines)-1], ":") {
		t.Fatalf("%q: status %d: %s%s", args, status, stdout, stderr)
	}
	words := make([]string, 0, len(lines))
	for _, line := range lines[:len(lines)-1] {
		word, _, _ := strings.Cut(line, "\t")
		words = append(words, word)
	}
	return words
}

func TestComplete(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{"timel", "timeline"},
		{"timeline dialu", "dialudp"},
		{"timeline dialudp dialu", ""},
		{"run echo-", "echo-udp echo-tcp"},
		{"record dialudp dial-t", "dial-tcp"},
		{"compare dial-tcp dial-", "dial-tcp dial-udp"},
		{"compare -r 6.12:echo-", "6.12:echo-udp 6.12:echo-tcp"},
		{"compare dial-tcp dialudp d", ""},
		{"count -w dial-", "dial-tcp dial-udp"},
		{"count -r 6", "6.1 6.12 6.18"},
		{"count -r 6.18:dialu", "6.18:dialudp"},
		{"count udp_lib_h", "udp_lib_hash4"},
		{"count -k k", "kprobe.multi kprobe"},
		{"stack -o p", "pprof"},
		{"packets -o p", "pcapng"},
		{"tour 1", "1 10 11 12 13 14 15"},
		{"explain tcp_release", "tcp_release_cb"},
		{"exercise sta", "start"},
		{"exercise check si", "silent-dial"},
		{"help timel", "timeline"},
		{"help timeline t", ""},
		{"completion ", "bash zsh fish"},
	} {
		if diff := cmp.Diff(strings.Fields(c.want), completed(t, strings.Split(c.args, " ")...)); diff != "" {
			t.Errorf("lab %s (-want +got):\n%s", c.args, diff)
		}
	}
}

// TestCompleteInGuest: after the dashes of lab vm come the words of the lab in the guest,
// without those that are for outside.
func TestCompleteInGuest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{"vm -- timel", "timeline"},
		{"vm -- v", "version"},
		{"vm -- exer", ""},
		{"vm --kernel 6.1 -- count -w dialu", "dialudp"},
		{"vm -- stack -w dialudp -o ", "text json folded pprof"},
		{"vm --kernel 6.1", "6.1 6.12 6.18"},
	} {
		if diff := cmp.Diff(strings.Fields(c.want), completed(t, strings.Split(c.args, " ")...)); diff != "" {
			t.Errorf("lab %s (-want +got):\n%s", c.args, diff)
		}
	}
}

// free are the flags whose values nobody can foresee, and those that are names of files,
// which shells complete by themselves.
var free = []string{"times", "pid", "duration", "limit", "name", "save", "script", "dir", "with-file"}

// TestCompleteAll: of each verb and each flag it is said what they take, and of none that
// there is not.
func TestCompleteAll(t *testing.T) {
	t.Parallel()
	verbs, flags := make(map[string]bool), make(map[string]bool)
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if verb := verbOf(cmd); verb != "" && verb != "trial" { // which the lab calls itself
			verbs[verb] = true
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { flags[f.Name] = flags[f.Name] || f.NoOptDefVal == "" })
		for _, verb := range cmd.Commands() {
			walk(verb)
		}
	}
	walk(newRoot(environment{lab: "lab"}))
	for name, takes := range flags {
		if _, told := ofFlags[name]; takes && told == slices.Contains(free, name) {
			t.Errorf("--%s must stand either in ofFlags or in free", name)
		}
	}
	for verb := range verbs {
		if _, told := ofArguments[verb]; !told {
			t.Errorf("lab %s: ofArguments does not tell what it takes", verb)
		}
	}
	for verb := range ofArguments {
		if !verbs[verb] {
			t.Errorf("there is no verb %s", verb)
		}
	}
	for _, name := range free {
		if !flags[name] {
			t.Errorf("no verb has a flag --%s that takes something", name)
		}
	}
}

// TestCompleteWhatIs: what is offered can be chosen.
func TestCompleteWhatIs(t *testing.T) {
	t.Parallel()
	for _, backend := range completed(t, "count", "-k", "") {
		if _, err := kernel.ParseBackend(backend); err != nil {
			t.Errorf("-k %s: %v", backend, err)
		}
	}
	if got, want := len(completed(t, "count", "-k", "")), len(kernel.Backends())+1; got != want {
		t.Errorf("%d backends, want %d and auto", got, want-1)
	}
	for _, accel := range completed(t, "vm", "--accel", "") {
		if _, err := vm.ParseAccel(accel); err != nil {
			t.Errorf("--accel %s: %v", accel, err)
		}
	}
	if !slices.Contains(completed(t, "vm", "--kernel", ""), vm.DefaultKernel) {
		t.Errorf("--kernel offers no %s", vm.DefaultKernel)
	}
}
