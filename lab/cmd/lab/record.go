package main

import (
	"errors"

	"github.com/spf13/cobra"

	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workload"
)

func newRecord(env environment) *cobra.Command {
	s := &source{env: env, tries: 20}
	cmd := &cobra.Command{
		Use:   "record --save FILE [WORKLOAD...]",
		Short: "Record all that can be seen of workloads, to look at it later",
		Long: `Record runs workloads, all of them if none is named, and saves all that any verb
shows of them in one file: counts, stacks, packets, system calls, and the time
of each call. The file can be looked at anywhere, without root, as in lab tour
-r FILE; it is JSON, which lab/trace/schema.json describes and jq reads. The lab
has such recordings of its own: ` + kernels() + `.`,
		Example: `  lab record --save mine.json.gz
  lab record --save dial.json.gz dial-tcp dialudp
  lab tour -r mine.json.gz
  lab timeline -r mine.json.gz:echo-udp`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.checkSave(cmd); err != nil {
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
			case s.save == "":
				return usagef("nowhere to save it: give --save FILE; see lab record -h")
			case s.times < 1:
				return usagef("-n %d: a workload runs once or more often", s.times)
			}
			return s.recordWorkloads(cmd, everything, workloads, func(traces []*trace.Trace) error {
				return errors.Join(s.keep(traces...), s.summarize(traces))
			})
		},
	}
	cmd.Flags().IntVarP(&s.times, "times", "n", 1, "have each workload do its thing `N` times")
	s.backendFlag(cmd)
	s.saveFlag(cmd)
	return cmd
}

// summarize says what was recorded.
func (s *source) summarize(traces []*trace.Trace) error {
	style := s.env.style()
	return errors.Join(
		view.Headers(s.env.stdout, traces, style),
		view.Recordings(s.env.stdout, traces, style),
		view.HonestyOfAll(s.env.stdout, traces, style))
}
