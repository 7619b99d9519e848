//go:build !linux

package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"dialpath/lab/exercise"
	"dialpath/lab/recordings"
	"dialpath/lab/trace"
	"dialpath/lab/workload"
)

// become is for processes that the lab starts for itself: here there are none.
func become() {}

// onLinux returns the verbs that need a Linux kernel: here each says so.
func onLinux(env environment) []*cobra.Command {
	var verbs []*cobra.Command
	for _, verb := range []struct{ name, short string }{
		{"step", "Step through a program in Delve, with the kernel beside it"},
		{"watch", "Show live what a process runs in the kernel"},
		{"doctor", "What this kernel allows, and how to mend the rest"},
		{"vm", "Run a verb in a guest with kprobes"},
	} {
		verbs = append(verbs, &cobra.Command{
			Use:                verb.name,
			Short:              verb.short + " (on Linux)",
			DisableFlagParsing: true,
			RunE:               func(cmd *cobra.Command, _ []string) error { return noKernel(env, cmd) },
		})
	}
	return verbs
}

// noKernel says what cannot work here, and what does.
func noKernel(env environment, cmd *cobra.Command) error {
	return fmt.Errorf("%s needs a Linux kernel, and this is %s: use a Linux machine, or look at a recording, as %s tour -r %s",
		cmd.Name(), runtime.GOOS, env.lab, recordings.Newest())
}

func (s *source) record(cmd *cobra.Command, _ wanted, _ []string, _ func(*trace.Trace) error) error {
	return noKernel(s.env, cmd)
}

func (c *check) try(cmd *cobra.Command, _ exercise.Exercise, _ string, _ func(*trace.Trace) error) error {
	return noKernel(c.workshop.env, cmd)
}

func (s *source) recordWorkloads(cmd *cobra.Command, _ wanted, _ []workload.Workload, _ func([]*trace.Trace) error) error {
	return noKernel(s.env, cmd)
}

// inGuest runs the tour in a guest if this kernel cannot be traced: nothing to choose here.
func (s *source) inGuest(*cobra.Command, []string) (ran bool, err error) { return false, nil }
