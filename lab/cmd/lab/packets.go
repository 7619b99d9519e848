package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/plan"
)

func newPackets(env environment) *cobra.Command {
	t := newTracer(env)
	log := false
	cmd := &cobra.Command{
		Use:   "packets [-w WORKLOAD | -p PID | -- COMMAND]",
		Short: "Show the packets that leave and arrive",
		Long: `Packets shows each packet that was handed to a network device or taken from one.
Of a workload it shows both sides' packets. Of a process it shows those of the
conversations in which the process itself has sent something. It needs no
kprobes.`,
		Example: `  lab packets -w dial-tcp
  lab packets -w echo-udp --json
  lab packets -p 4711 -d 10s
  lab packets -r 6.12:dial-tcp -o pcapng=dial.pcapng
  lab packets -r 6.12:dial-tcp --log`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own, command := split(cmd, args)
			if err := noArgs(cmd, own); err != nil {
				return err
			}
			if log {
				if cmd.Flags().Changed("output") {
					return mistake.New("--log and -o exclude each other: see %s -h", cmd.CommandPath())
				}
				if err := cmd.Flags().Set("output", "log"); err != nil {
					return err
				}
			}
			return t.trace(cmd, plan.Packets(), command, packets)
		},
	}
	cmd.Flags().BoolVar(&log, "log", false, "write lines like those of iptables -j LOG: the same as -o log")
	t.flags(cmd, "packets")
	return cmd
}
