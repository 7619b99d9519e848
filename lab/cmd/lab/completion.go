package main

import (
	"io"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
)

// shells are those that can complete the lab's words.
var shells = map[string]func(root *cobra.Command, w io.Writer) error{
	"bash": func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
	"zsh":  (*cobra.Command).GenZshCompletion,
	"fish": func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
}

func newCompletion(env environment) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Write a script by which a shell completes the lab's words",
		Long: `Completion writes a script for your shell. With it the tabulator key completes
verbs, flags, workloads, claims, exercises, kernel functions and recordings. To
have it in each shell that you open:

  lab completion bash >~/.local/share/bash-completion/completions/lab
  lab completion zsh >"${fpath[1]}/_lab"
  lab completion fish >~/.config/fish/completions/lab.fish`,
		Example: `  lab completion bash`,
		Hidden:  true, // it is needed once
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || shells[args[0]] == nil {
				return mistake.New("completion is for one shell: bash, zsh or fish")
			}
			return shells[args[0]](cmd.Root(), env.stdout)
		},
	}
}
