package main

import (
	"context"
	"errors"
	"net"

	"github.com/spf13/cobra"

	"dialpath/lab/workload"
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
				return usagef("give one workload: %s", names())
			}
			if times < 1 {
				return usagef("-n %d: a workload runs once or more often", times)
			}
			found, err := lookUp(args[0])
			if err != nil {
				return err
			}
			return runAlone(cmd.Context(), found[0], times)
		},
	}
	cmd.Flags().IntVarP(&times, "times", "n", 1, "have the workload do its thing `N` times")
	return cmd
}

// runAlone runs both ends of a workload in this process.
func runAlone(ctx context.Context, w workload.Workload, times int) error {
	address, err := freeAddress(w.Network)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	listening, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- w.Server(serving, address, func() { close(listening) }) }()
	select {
	case err := <-ended:
		return err
	case <-listening:
	}
	err = w.Client(ctx, address, times)
	stop()
	return errors.Join(err, <-ended)
}

// freeAddress returns an address on the loopback device with a port that is free now.
func freeAddress(network string) (string, error) {
	if network == "udp" {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			return "", err
		}
		defer conn.Close()
		return conn.LocalAddr().String(), nil
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
