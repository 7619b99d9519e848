package main

import (
	"io"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

func newTimeline(env environment) *cobra.Command {
	t := newTracer(env)
	var all, explained bool
	cmd := &cobra.Command{
		Use:   "timeline WORKLOAD | -p PID | -r RECORDING | -- COMMAND",
		Short: "Show in order of time what happened, on both sides",
		Long: `Timeline shows one thing after another: system calls, landmarks among the
functions, packets, softirqs, and the wake-ups that they cause, with the
microseconds between them. The workloads are

` + catalogue(),
		Example: `  lab timeline echo-udp
  lab timeline -r 6.12:echo-tcp --explain
  lab timeline -p 4711 -d 5s
  lab timeline -r 6.12:dialudp --all
  lab timeline -r 6.12:echo-udp -o trace-event=echo.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own, command := split(cmd, args)
			changed := cmd.Flags().Changed
			switch {
			case len(own) == 1 && changed("workload"):
				return mistake.New("%s and -w exclude each other: see %s -h", own[0], cmd.CommandPath())
			case len(own) == 1:
				if err := cmd.Flags().Set("workload", own[0]); err != nil {
					return err
				}
			case len(own) > 1:
				return mistake.New("unexpected argument %q: see %s -h", own[1], cmd.CommandPath())
			case !changed("workload") && !changed("pid") && !changed("replay") && command == nil:
				return mistake.New("nothing to record: give a workload (%s), -p PID, or a command after --", names())
			}
			return t.trace(cmd, plan.Timeline(all), command, timeline(all, explained))
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "show every function, call and wake-up")
	cmd.Flags().BoolVar(&explained, "explain", false, "say what each function does, too")
	t.flags(cmd, "times of single calls")
	return cmd
}

// timeline is the aspect of a timeline, of all or of what tells most, with or without
// what each function does.
func timeline(all, explained bool) aspect {
	show := view.Timeline
	if explained {
		show = view.TimelineExplained
	}
	return aspect{"timeline", "times of single calls", (*trace.Trace).HasTimeline,
		func(w io.Writer, t *trace.Trace, style view.Style) error { return show(w, t, all, style) }}
}
