package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/compare"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/probes"
)

func newCompare(env environment) *cobra.Command {
	s := &source{env: env}
	cmd := &cobra.Command{
		Use:   "compare WORKLOAD WORKLOAD",
		Short: "Compare the kernel paths of two workloads",
		Long: `Compare runs two workloads and shows side by side what the kernel did for the
client of each: system calls, hooks, packets and functions. The workloads are

` + catalogue(),
		Example: `  lab compare dial-tcp dialudp
  lab compare dial-udp dialudp
  lab compare dialudp listenudp --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("compare takes two workloads, not %d: %s", len(args), names())
			}
			if s.times < 1 {
				return usagef("-n %d: a workload runs once or more often", s.times)
			}
			workloads, err := lookUp(args...)
			if err != nil {
				return err
			}
			wanted := probes.Options{Functions: []string{"tcp_*", "udp_*"}, Hooks: true, Packets: true, Syscalls: true}
			return s.runWorkloads(cmd, wanted, workloads, s.compare)
		},
	}
	cmd.Flags().IntVarP(&s.times, "times", "n", 1, "have each workload do its thing `N` times")
	s.commonFlags(cmd)
	return cmd
}

// compare shows two traces side by side.
func (s *source) compare(traces []*trace.Trace) error {
	c := compare.Compare(traces[0], traces[1])
	if s.json {
		return view.JSON(s.env.stdout, c)
	}
	if err := view.Header(s.env.stdout, traces[0], s.env.style()); err != nil {
		return err
	}
	if err := view.Compare(s.env.stdout, c, s.env.style()); err != nil {
		return err
	}
	return view.Honesty(s.env.stdout, traces[0], s.env.style())
}
