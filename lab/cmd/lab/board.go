package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/view"
	"dialpath/lab/workshop"
)

func newBoard(w *workshopFlags) *cobra.Command {
	json := false
	cmd := &cobra.Command{
		Use:     "board FILE...",
		Short:   "Show how far a class is, from their exported files",
		Long:    "Board shows a table of a class: who has passed what, and how much they predicted.",
		Example: "  lab exercise board class/*.json",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return mistake.New("nobody to show: give the files that lab exercise export has made")
			}
			reports, unread := workshop.ReadReports(args)
			var err error
			if json {
				err = view.JSON(w.env.stdout, reports)
			} else {
				err = view.Board(w.env.stdout, reports, w.env.style())
			}
			return errors.Join(err, complaints(unread))
		},
	}
	cmd.Flags().BoolVar(&json, "json", false, "write JSON")
	return cmd
}

// complaints makes one error of many, each of which is a line of the lab's.
func complaints(all []error) error {
	if len(all) == 0 {
		return nil
	}
	var lines []string
	for _, err := range all {
		lines = append(lines, err.Error())
	}
	return errors.New(strings.Join(lines, "\nlab: "))
}
