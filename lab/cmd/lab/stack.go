package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/plan"
)

func newStack(env environment) *cobra.Command {
	t := newTracer(env)
	cmd := &cobra.Command{
		Use:   "stack FUNCTION... [-w WORKLOAD | -p PID | -- COMMAND]",
		Short: "Show by which paths kernel functions were reached",
		Long: `Stack shows each different way in which a kernel function was reached, and how
often: the function itself on top, its caller below, down to the system call.
Functions may be globs, or the parts that the tour names: "UDP connect". Without
kprobes it shows the tracepoints that those functions led to.`,
		Example: `  lab stack tcp_connect -w dial-tcp
  lab stack "UDP connect" -w dialudp
  lab stack __skb_recv_udp -p 4711
  lab stack 'udp_*' -w echo-udp -o pprof=udp.pb.gz`,
		RunE: func(cmd *cobra.Command, args []string) error {
			functions, command := split(cmd, args)
			if err := needs(cmd, functions, "a function, as udp_sendmsg"); err != nil {
				return err
			}
			return t.trace(cmd, plan.Stack(functions), command, stacks)
		},
	}
	t.flags(cmd, "stacks")
	return cmd
}
