package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/plan"
)

func newCount(env environment) *cobra.Command {
	t := newTracer(env)
	explained := false
	cmd := &cobra.Command{
		Use:   "count PATTERN... [-w WORKLOAD | -p PID | -- COMMAND]",
		Short: "Count kernel functions",
		Long: `Count says how often each kernel function that matches a pattern ran: for one
of the lab's workloads, a process, a command, or, without any of these, for the
whole machine until Ctrl-C. Patterns are globs, and match with or without the
suffixes that compilers add, like .isra.0. Tracepoints can be counted on every
kernel; their names are like net:netif_rx.`,
		Example: `  lab count 'tcp_*' -w dial-tcp
  lab count 'udp_*' 'ip_*' -w write-udp -n 137
  lab count 'tcp_*' -p 4711 -d 10s
  lab count udp_sendmsg -- dig @127.0.0.1 example.com
  lab count 'net:*' -w echo-udp
  lab count -r 6.12:dialudp --explain`,
		RunE: func(cmd *cobra.Command, args []string) error {
			globs, command := split(cmd, args)
			if err := needs(cmd, globs, "a pattern, as 'udp_*'"); err != nil {
				return err
			}
			return t.trace(cmd, plan.Count(globs), command, counts(explained))
		},
	}
	cmd.Flags().BoolVar(&explained, "explain", false, "say what each function does, too")
	t.flags(cmd, "counts")
	return cmd
}
