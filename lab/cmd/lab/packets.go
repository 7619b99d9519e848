package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/probes"
)

func newPackets(env environment) *cobra.Command {
	s := &source{env: env}
	cmd := &cobra.Command{
		Use:   "packets [-w WORKLOAD | -p PID | -- COMMAND]",
		Short: "Show the packets that leave and arrive",
		Long: `Packets shows each packet that was handed to a network device or taken from one.
Of a workload it shows both sides' packets. Of a process it shows those of the
conversations in which the process itself has sent something. It needs no
kprobes.`,
		Example: `  lab packets -w dial-tcp
  lab packets -w echo-udp --json
  lab packets -p 4711 -d 10s`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own, command := split(cmd, args)
			if err := noArgs(cmd, own); err != nil {
				return err
			}
			t, err := s.trace(cmd.Context(), cmd, probes.Options{Packets: true}, command)
			if err != nil {
				return err
			}
			return s.show(t,
				func(t *trace.Trace) error { return view.Header(env.stdout, t, env.style()) },
				func(t *trace.Trace) error { return view.Packets(env.stdout, t, env.style()) },
				func(t *trace.Trace) error { return view.Honesty(env.stdout, t, env.style()) })
		},
	}
	s.flags(cmd)
	return cmd
}
