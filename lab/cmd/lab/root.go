package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
)

// Exit statuses.
const (
	statusDone   = 0
	statusFailed = 1 // something failed, or a claim did not hold
	statusUsage  = 2
	statusUnread = 128 + int(syscall.SIGPIPE) // nobody read on, as shells say it
)

// An exit is a status without a message: all has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// execute runs the lab with the given arguments, and returns its exit status.
func execute(ctx context.Context, env environment, args []string) int {
	root := newRoot(env)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var status exit
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, syscall.EPIPE):
		return statusUnread
	case mistake.Is(err):
		env.say("lab: %v", err)
		return statusUsage
	}
	env.say("lab: %v", err)
	return statusFailed
}

func newRoot(env environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "lab VERB",
		Short: "What does Linux do when Go says Dial, Write and Read?",
		Long: `Lab runs small Go programs with probes in the kernel, and shows what the
kernel did for them: which functions ran, how often, by which path, and which
packets left. It needs root; on a kernel without kprobes, use lab vm.`,
		Example: `  lab tour                              the article, measured
  lab compare dial-tcp dialudp          two workloads side by side
  lab count 'udp_*' -w echo-udp         how often each function ran
  lab stack tcp_connect -- curl http://127.0.0.1
  lab vm -- tour                        the same in a guest with kprobes`,
		Args:          verbs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.DisableFlagsInUseLine = true
	root.SetHelpCommand(newHelp(root))
	root.SetUsageTemplate(usageTemplate)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newTour(env), newCompare(env), newCount(env), newStack(env), newPackets(env), newHooks(env), newTimeline(env),
		newExplain(env), newRecord(env), newRun(env), newExercise(env), newVersion(env), newCompletion(env), newMan(env))
	root.AddCommand(onLinux(env)...)
	for _, verb := range root.Commands() {
		verb.DisableFlagsInUseLine = true
	}
	complete(root)
	return root
}

// verbs refuses a first argument that is no verb.
func verbs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		cmd.SuggestionsMinimumDistance = 2 // letters
		if meant := cmd.SuggestionsFor(args[0]); len(meant) > 0 {
			return mistake.New("unknown verb %q: did you mean %s?", args[0], meant[0])
		}
		return mistake.New("unknown verb %q: see %s -h", args[0], cmd.CommandPath())
	}
	return nil
}

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return mistake.New("unexpected argument %q: see %s -h", args[0], cmd.CommandPath())
	}
	return nil
}
