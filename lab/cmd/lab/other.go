//go:build !linux

package main

import (
	"context"

	"github.com/spf13/cobra"

	"dialpath/lab/run"
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

// sendToGuest runs a verb of the lab in a guest: there is none here.
func sendToGuest(context.Context, environment, []string) error { return run.ErrNoKernel }
