package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/probes"
)

func newCount(env environment) *cobra.Command {
	s := &source{env: env}
	cmd := &cobra.Command{
		Use:   "count PATTERN... [-w WORKLOAD | -p PID | -- COMMAND]",
		Short: "Count kernel functions",
		Long: `Count says how often each kernel function that matches a pattern ran: for one
of the lab's workloads, a process, a command, or, without any of these, for the
whole machine until Ctrl-C. Patterns are globs, and match with or without the
suffixes that compilers add, like .isra.0.`,
		Example: `  lab count 'tcp_*' -w dial-tcp
  lab count 'udp_*' 'ip_*' -w write-udp -n 137
  lab count 'tcp_*' -p 4711 -d 10s
  lab count udp_sendmsg -- dig @127.0.0.1 example.com`,
		RunE: func(cmd *cobra.Command, args []string) error {
			globs, command := split(cmd, args)
			if err := s.needs(globs, "a pattern, as 'udp_*'"); err != nil {
				return err
			}
			t, err := s.trace(cmd.Context(), cmd, probes.Options{Functions: globs, Strict: true}, command)
			if err != nil {
				return err
			}
			return s.show(t,
				func(t *trace.Trace) error { return view.Header(env.stdout, t, env.style()) },
				func(t *trace.Trace) error { return view.Count(env.stdout, t, env.style()) },
				func(t *trace.Trace) error { return view.Honesty(env.stdout, t, env.style()) })
		},
	}
	s.flags(cmd)
	return cmd
}
