package main

import (
	"errors"

	"github.com/spf13/cobra"

	"dialpath/lab/explain"
	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/view"
)

func newExplain(env environment) *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:   "explain FUNCTION...",
		Short: "Say what a kernel function does",
		Long: `Explain says in a line what a kernel function does, which of the lab's workloads
ran it on which kernels, and what it was called when the article was written. It
knows the functions that the workloads run, and needs no root.`,
		Example: `  lab explain tcp_release_cb
  lab explain 'udp_*'
  lab explain SYSC_connect`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return mistake.New("nothing to explain: give a function, as tcp_release_cb; see lab explain -h")
			}
			if err := plan.CheckNames(args); err != nil {
				return mistake.Of(err)
			}
			var facts []explain.Fact
			var unknown []error
			for _, name := range args {
				known, err := explain.About(name)
				facts, unknown = append(facts, known...), append(unknown, err)
			}
			var shown error
			switch {
			case len(facts) == 0:
			case json:
				shown = view.JSON(env.stdout, facts)
			default:
				shown = view.Explain(env.stdout, facts, env.style())
			}
			return errors.Join(append(unknown, shown)...)
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "write JSON")
	return cmd
}
