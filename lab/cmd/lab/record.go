package main

import (
	"errors"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/run"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workload"
)

func newRecord(env environment) *cobra.Command {
	t := newTracer(env)
	cmd := &cobra.Command{
		Use:   "record --save FILE [WORKLOAD...]",
		Short: "Record all that can be seen of workloads, to look at it later",
		Long: `Record runs workloads, all of them if none is named, and saves all that any verb
shows of them in one file: counts, stacks, packets, system calls, and the time
of each call. The file can be looked at anywhere, without root, as in lab tour
-r FILE; it is JSON, which lab/trace/schema.json describes and jq reads. The lab
has such recordings of its own: ` + run.Kernels() + `.`,
		Example: `  lab record --save mine.json.gz
  lab record --save dial.json.gz dial-tcp dialudp
  lab tour -r mine.json.gz
  lab timeline -r mine.json.gz:echo-udp`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkSave(cmd.Flag("save")); err != nil {
				return err
			}
			workloads := workload.All()
			if len(args) > 0 {
				var err error
				if workloads, err = lookUp(args...); err != nil {
					return err
				}
			}
			switch {
			case t.request.Save == "":
				return mistake.New("nowhere to save it: give --save FILE; see lab record -h")
			case t.target.times < 1:
				return mistake.New("-n %d: a workload runs once or more often", t.target.times)
			}
			t.request.Targets, t.request.Tries = run.Workloads(workloads, t.target.times), 20
			return t.traces(cmd, plan.Everything(), t.display.summarize)
		},
	}
	cmd.Flags().IntVarP(&t.target.times, "times", "n", 1, "have each workload do its thing `N` times")
	t.recordFlags(cmd)
	t.saveFlag(cmd)
	return cmd
}

// summarize says what was recorded.
func (d *display) summarize(traces []*trace.Trace) error {
	style := d.env.style()
	return errors.Join(
		view.Headers(d.env.stdout, traces, style),
		view.Recordings(d.env.stdout, traces, style),
		view.HonestyOfAll(d.env.stdout, traces, style))
}
