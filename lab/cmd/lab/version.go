package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dialpath/lab/version"
	"dialpath/lab/view"
)

func newVersion(env environment) *cobra.Command {
	json := false
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which lab this is",
		Long: `Version says which lab this is, from which commit it was built, and by which Go.
What is not known, as of a lab that was built outside of a clone, is unknown.`,
		Example: `  lab version
  lab version --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			v := version.Get()
			if json {
				return view.JSON(env.stdout, v)
			}
			_, err := fmt.Fprintf(env.stdout, "lab     %s\ncommit  %s\ngo      %s\n", v.Lab, v.Commit, v.Go)
			return err
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "write JSON")
	return cmd
}
