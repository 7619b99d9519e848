package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/run"
	"dialpath/lab/trace"
	"dialpath/lab/view"
)

func newWatch(env environment) *cobra.Command {
	t := newTracer(env)
	all := false
	cmd := &cobra.Command{
		Use:   "watch -p PID [FUNCTION...]",
		Short: "Show live what a process runs in the kernel",
		Long: `Watch shows which kernel functions a running process runs, and which packets
leave: each time that the process has done something and is quiet again. It only
looks on, so a debugger may step the process meanwhile, from another terminal or
an editor. Without functions it watches those of TCP and UDP. It ends with the
process, or on Ctrl-C. With --json each time is a trace, in a line of its own.`,
		Example: `  lab watch -p 4711
  lab watch -p 4711 'udp_*' 'ip_*'
  lab watch -p $(pgrep -n dialudp) --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.request.Plan = plan.Watch(args)
			if err := t.checkWatch(cmd); err != nil {
				return err
			}
			return t.watch(cmd, all)
		},
	}
	f := cmd.Flags()
	f.IntVarP(&t.target.pid, "pid", "p", 0, "watch process `PID`, and the children it will have")
	f.DurationVarP(&t.request.Duration, "duration", "d", 0, "stop after this `TIME`, as 5m; else at the end, or on Ctrl-C")
	f.BoolVar(&all, "all", false, "fold nothing, and show what is there by chance, as timers")
	t.recordFlags(cmd)
	t.display.jsonFlag(cmd)
	return cmd
}

// checkWatch finds the mistakes that need no root to be found.
func (t *tracer) checkWatch(cmd *cobra.Command) error {
	switch {
	case !cmd.Flags().Changed("pid"):
		return mistake.New("whom to watch: give -p PID; see %s -h", cmd.CommandPath())
	case t.target.pid <= 0:
		return mistake.New("-p %d: a process's number is 1 or more", t.target.pid)
	case cmd.Flags().Changed("duration") && t.request.Duration <= 0:
		return mistake.New("-d %v: watching takes longer than that", t.request.Duration)
	}
	return mistake.Of(plan.CheckNames(t.request.Plan.Names()))
}

func (t *tracer) watch(cmd *cobra.Command, all bool) error {
	t.request.Targets = []run.Target{{PID: t.target.pid}}
	t.request.News = t.attaching()
	t.request.News.Begins = func(backend string) {
		t.env.say("Watching process %d by %s... Hit Ctrl-C to end.", t.target.pid, backend)
	}
	ended, err := run.Watch(cmd.Context(), t.request, func(at time.Time, burst *trace.Trace) error {
		return t.display.showBurst(at, burst, all)
	})
	if err == nil && ended {
		t.env.say("Process %d has ended.", t.target.pid)
	}
	return t.advise(cmd, err)
}

// attaching are the news of verbs that show what comes bit by bit: how far attaching is, and,
// when all is attached, what is not watched.
func (t *tracer) attaching() run.News {
	progress := newProgress(t.env)
	return run.News{
		Progress: progress.show,
		Unwatched: func(failed []trace.Failure) {
			progress.end()
			t.env.sayUnwatched(failed)
		},
	}
}

// showBurst writes what a process did in one go: as JSON a trace in a line of its own.
// Of what is there by chance alone nothing is shown.
func (d *display) showBurst(at time.Time, t *trace.Trace, all bool) error {
	if d.json {
		return json.NewEncoder(d.env.stdout).Encode(t)
	}
	if !view.Ran(t, all) {
		return nil
	}
	if _, err := fmt.Fprintf(d.env.stdout, "\n%s\n", at.Format(time.TimeOnly)); err != nil {
		return err
	}
	style := d.env.style()
	style.Unfold = "--all"
	return view.Tree(d.env.stdout, t, all, style)
}
