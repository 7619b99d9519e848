package main

import (
	"github.com/spf13/cobra"

	"dialpath/lab/doctor"
	"dialpath/lab/view"
)

func newDoctor(env environment) *cobra.Command {
	var json, needsGuest bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "What this kernel allows, and how to mend the rest",
		Long: `Doctor examines this machine: what of its kernel can be traced, by really
trying, what to do about the rest, and what does not work for want of it.`,
		Example: `  lab doctor
  sudo lab doctor --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case needsGuest && doctor.NeedsGuest():
				return nil
			case needsGuest:
				return exit(statusFailed)
			case json:
				return view.JSON(env.stdout, doctor.Examine())
			}
			return view.Doctor(env.stdout, doctor.Examine(), env.style())
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "write JSON")
	cmd.Flags().BoolVar(&needsGuest, "needs-guest", false, "say nothing: exit with 0 if this kernel needs the guest, else 1")
	return cmd
}
