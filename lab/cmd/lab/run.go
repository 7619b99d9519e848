package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/run"
)

func newRun(env environment) *cobra.Command {
	times := 1
	cmd := &cobra.Command{
		Use:   "run WORKLOAD",
		Short: "Run a workload by itself, for a debugger of your own",
		Long: `Run runs a workload against its own server on the loopback device, both in this
one process, and looks at nothing. It needs no root. It is for debuggers: Delve
by itself, VS Code, GoLand. To see the kernel's side, too, use lab step. The
workloads are

` + catalogue(),
		Example: `  lab run dialudp
  go tool dlv exec bin/lab -- run dialudp
  go tool dlv exec bin/lab --init scripts/delve/dialudp.dlv -- run dialudp`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return mistake.New("give one workload: %s", names())
			}
			if times < 1 {
				return mistake.New("-n %d: a workload runs once or more often", times)
			}
			found, err := lookUp(args[0])
			if err != nil {
				return err
			}
			return run.Alone(cmd.Context(), found[0], times)
		},
	}
	cmd.Flags().IntVarP(&times, "times", "n", 1, "have the workload do its thing `N` times")
	return cmd
}
