package main

import (
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/run"
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
