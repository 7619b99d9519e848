package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/plan"
)

func newHooks(env environment) *cobra.Command {
	t := newTracer(env)
	syscalls := false
	cmd := &cobra.Command{
		Use:   "hooks [-w WORKLOAD | -p PID | -- COMMAND]",
		Short: "Show each call of the article's functions",
		Long: `Hooks shows each call of the functions that the article traces, with the
other end, the number of bytes and what it returned: the parts "UDP send", "UDP
receive", "UDP connect" and "TCP connect", by whichever function plays them on
this kernel. That needs kprobes; system calls need none.`,
		Example: `  lab hooks -w write-udp
  lab hooks -p 4711 -d 10s --syscalls
  lab hooks -r 6.12:dial-tcp --syscalls`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own, command := split(cmd, args)
			if err := noArgs(cmd, own); err != nil {
				return err
			}
			if syscalls {
				return t.trace(cmd, plan.Syscalls(), command, systemCalls)
			}
			return t.trace(cmd, plan.Hooks(), command, hooks)
		},
	}
	cmd.Flags().BoolVar(&syscalls, "syscalls", false, "show the system calls instead, as strace does")
	t.flags(cmd, "")
	return cmd
}
