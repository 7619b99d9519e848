package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dialpath/lab/compare"
	"dialpath/lab/recordings"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workload"
)

func newCompare(env environment) *cobra.Command {
	s := &source{env: env}
	var recorded, diff bool
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare the kernel paths of two workloads, recordings or kernels",
		Long: `Compare shows side by side what the kernel did for the client of each: system
calls, hooks, packets and functions. What differs comes first. A and B are
workloads, which it runs; or recordings: a file, or a kernel of the lab's own
(` + kernels() + `), with the workload after a colon. With -r nothing is run: a
workload is then taken from the lab's recordings of ` + recordings.Newest() + `. The workloads are

` + catalogue(),
		Example: `  lab compare dial-tcp dialudp
  lab compare dial-udp dialudp --diff
  lab compare -r 6.1:dialudp 6.12:dialudp
  lab compare dialudp mine.json:dialudp`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("compare takes two workloads or recordings, not %d: %s", len(args), names())
			}
			if s.times < 1 {
				return usagef("-n %d: a workload runs once or more often", s.times)
			}
			if err := s.checkSave(cmd); err != nil {
				return err
			}
			ends, err := s.operands(cmd, args, recorded)
			if err != nil {
				return err
			}
			return s.each(cmd, ends, func(traces []*trace.Trace) error {
				c := compare.Compare(traces[0], traces[1])
				c.A.Recorded, c.B.Recorded = ends[0].workload == nil, ends[1].workload == nil
				if diff {
					c = c.Diff()
				}
				return errors.Join(s.keep(traces...), s.showComparison(c, traces))
			})
		},
	}
	f := cmd.Flags()
	f.IntVarP(&s.times, "times", "n", 1, "have each workload do its thing `N` times")
	f.BoolVarP(&recorded, "replay", "r", false, "run nothing: compare recordings")
	f.BoolVar(&diff, "diff", false, "leave out what is alike on both sides")
	s.commonFlags(cmd)
	s.saveFlag(cmd)
	return cmd
}

// An operand is one side of a comparison: a workload to be run, or a recording.
type operand struct {
	workload *workload.Workload
	recorded *trace.Trace
}

// operands reads the arguments. Recordings are read before anything is run.
func (s *source) operands(cmd *cobra.Command, args []string, recorded bool) ([]operand, error) {
	var ends []operand
	for _, arg := range args {
		w, err := workload.Lookup(arg)
		ref := parseReference(arg)
		switch {
		case err == nil && !recorded:
			ends = append(ends, operand{workload: &w})
			continue
		case err == nil:
			ref = reference{recordings.Newest(), arg}
		case !recorded && !ref.own() && !strings.ContainsAny(arg, ":/."):
			return nil, usageError{err}
		}
		t, err := ref.one()
		if err != nil {
			return nil, err
		}
		ends = append(ends, operand{recorded: t})
	}
	if !slices.ContainsFunc(ends, func(o operand) bool { return o.workload != nil }) {
		for _, name := range toRecord {
			if cmd.Flags().Changed(name) {
				return nil, usagef("--%s is for workloads that are run: both sides are recordings", name)
			}
		}
		s.recorded = true
	}
	return ends, nil
}

// each records the operands that are to be run, and uses all in their order.
func (s *source) each(cmd *cobra.Command, ends []operand, use func([]*trace.Trace) error) error {
	var run []workload.Workload
	for _, o := range ends {
		if o.workload != nil {
			run = append(run, *o.workload)
		}
	}
	together := func(recorded []*trace.Trace) error {
		var all []*trace.Trace
		for _, o := range ends {
			if o.workload != nil {
				o.recorded, recorded = recorded[0], recorded[1:]
			}
			all = append(all, o.recorded)
		}
		return use(all)
	}
	if len(run) == 0 {
		return together(nil)
	}
	w := wanted{functions: []string{"tcp_*", "udp_*"}, hooks: true, packets: true, syscalls: true}
	if len(run) < len(ends) {
		w.functions = everything.functions // the recording has more than the two, likely
	}
	return s.recordWorkloads(cmd, w, run, together)
}

// showComparison shows two traces side by side, and how far each can be trusted.
func (s *source) showComparison(c compare.Comparison, traces []*trace.Trace) error {
	if s.json {
		return view.JSON(s.env.stdout, c)
	}
	if err := s.compareHeaders(c, traces); err != nil {
		return err
	}
	if err := view.Compare(s.env.stdout, c, s.style()); err != nil {
		return err
	}
	return view.HonestyOfAll(s.env.stdout, traces, s.style())
}

// compareHeaders says what each side was recorded with, and whether just now.
func (s *source) compareHeaders(c compare.Comparison, traces []*trace.Trace) error {
	if c.A.Recorded == c.B.Recorded {
		return view.Headers(s.env.stdout, traces, s.style())
	}
	for i, side := range []compare.Side{c.A, c.B} {
		style := s.style()
		style.Recorded = side.Recorded
		if err := view.Header(s.env.stdout, traces[i], style); err != nil {
			return err
		}
	}
	return nil
}
