package main

import "github.com/spf13/cobra"

func newWatchExercise(w *workshop) *cobra.Command {
	return &cobra.Command{Use: "watch", RunE: func(*cobra.Command, []string) error { return nil }}
}
