package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A lab in a guest is called with every flag that was set here, whatever flags there are: to
// name those that stay here is to forget none that goes.

// setFlags are the flags that were set, but for some.
func setFlags(cmd *cobra.Command, but ...string) (flags []string) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains(but, f.Name) {
			flags = append(flags, "--"+f.Name+"="+f.Value.String())
		}
	})
	return flags
}

// again is how a verb was called, but for the flag that asked for the guest.
func again(cmd *cobra.Command, args []string, guest string) []string {
	return slices.Concat([]string{cmd.Name()}, setFlags(cmd, guest), args)
}
