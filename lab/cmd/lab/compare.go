package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dialpath/lab/compare"
	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/recordings"
	"dialpath/lab/run"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workload"
)

func newCompare(env environment) *cobra.Command {
	t := newTracer(env)
	var recorded, diff bool
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare the kernel paths of two workloads, recordings or kernels",
		Long: `Compare shows side by side what the kernel did for the client of each: system
calls, hooks, packets and functions. What differs comes first. A and B are
workloads, which it runs; or recordings: a file, or a kernel of the lab's own
(` + run.Kernels() + `), with the workload after a colon. With -r nothing is run: a
workload is then taken from the lab's recordings of ` + recordings.Newest() + `. The workloads are

` + catalogue(),
		Example: `  lab compare dial-tcp dialudp
  lab compare dial-udp dialudp --diff
  lab compare -r 6.1:dialudp 6.12:dialudp
  lab compare dialudp mine.json:dialudp`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return mistake.New("compare takes two workloads or recordings, not %d: %s", len(args), names())
			}
			if t.target.times < 1 {
				return mistake.New("-n %d: a workload runs once or more often", t.target.times)
			}
			if err := checkSave(cmd.Flag("save")); err != nil {
				return err
			}
			if err := t.operands(cmd, args, recorded); err != nil {
				return err
			}
			a, b := t.request.Targets[0].Trace, t.request.Targets[1].Trace
			return t.traces(cmd, plan.Compare(a != nil || b != nil), func(traces []*trace.Trace) error {
				c := compare.Compare(traces[0], traces[1])
				c.A.Recorded, c.B.Recorded = a != nil, b != nil
				if diff {
					c = c.Diff()
				}
				return t.display.showComparison(c, traces)
			})
		},
	}
	f := cmd.Flags()
	f.IntVarP(&t.target.times, "times", "n", 1, "have each workload do its thing `N` times")
	f.BoolVarP(&recorded, "replay", "r", false, "run nothing: compare recordings")
	f.BoolVar(&diff, "diff", false, "leave out what is alike on both sides")
	t.recordFlags(cmd)
	t.display.jsonFlag(cmd)
	t.saveFlag(cmd)
	return cmd
}

// operands makes targets of the two arguments. Recordings are read before anything is run.
func (t *tracer) operands(cmd *cobra.Command, args []string, recorded bool) error {
	for _, arg := range args {
		w, err := workload.Lookup(arg)
		ref := run.ParseReference(arg)
		switch {
		case err == nil && !recorded:
			t.request.Targets = append(t.request.Targets, run.Target{Workload: &w, Times: t.target.times})
			continue
		case err == nil:
			ref = run.Reference{From: recordings.Newest(), Workload: arg}
		case !recorded && !ref.Own() && !strings.ContainsAny(arg, ":/."):
			return mistake.Of(err)
		}
		one, err := ref.One()
		if err != nil {
			return err
		}
		t.request.Targets = append(t.request.Targets, run.Target{Trace: one})
	}
	t.display.recorded = !slices.ContainsFunc(t.request.Targets, func(one run.Target) bool { return one.Trace == nil })
	if !t.display.recorded {
		return nil
	}
	for _, name := range toRecord {
		if cmd.Flags().Changed(name) {
			return mistake.New("--%s is for workloads that are run: both sides are recordings", name)
		}
	}
	return nil
}

// showComparison shows two traces side by side, and how far each can be trusted.
func (d *display) showComparison(c compare.Comparison, traces []*trace.Trace) error {
	if d.json {
		return view.JSON(d.env.stdout, c)
	}
	if err := d.compareHeaders(c, traces); err != nil {
		return err
	}
	if err := view.Compare(d.env.stdout, c, d.style()); err != nil {
		return err
	}
	return view.HonestyOfAll(d.env.stdout, traces, d.style())
}

// compareHeaders says what each side was recorded with, and whether just now.
func (d *display) compareHeaders(c compare.Comparison, traces []*trace.Trace) error {
	if c.A.Recorded == c.B.Recorded {
		return view.Headers(d.env.stdout, traces, d.style())
	}
	for i, side := range []compare.Side{c.A, c.B} {
		style := d.style()
		style.Recorded = side.Recorded
		if err := view.Header(d.env.stdout, traces[i], style); err != nil {
			return err
		}
	}
	return nil
}
