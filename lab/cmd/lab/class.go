package main

import (
	"errors"
	"os"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/run"
	"dialpath/lab/view"
	"dialpath/lab/workshop"
)

func newExport(w *workshopFlags) *cobra.Command {
	var name string
	var source bool
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write your results into one file, for the instructor",
		Long: `Export writes what you have done into one file: which exercises have passed after
how many checks and hints, what you predicted, the kernel, and versions. Your
programs are not in it unless you say --source.`,
		Example: "  lab exercise export gopher.json\n  lab exercise export gopher.json --name Gopher --source",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return mistake.New("export takes the name of one file, as results.json")
			}
			if name == "" {
				name = userName()
			}
			report, err := w.of(nil).Report(name, source)
			if err != nil {
				return err
			}
			if args[0], err = run.Savable(args[0]); err != nil {
				return err
			}
			return report.Write(args[0])
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the `NAME` to go by; else your user's")
	cmd.Flags().BoolVar(&source, "source", false, "add your programs")
	return cmd
}

// userName is the name of who sits there.
func userName() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}

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
