package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/recordings"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workload"
)

func newTour(env environment) *cobra.Command {
	s := &source{env: env, times: 1, tries: 3}
	var list, anywhere bool
	cmd := &cobra.Command{
		Use:   "tour [CLAIM...]",
		Short: "The article, measured",
		Long: `Tour takes the claims of the article one by one, runs Go programs to test each,
and says whether it holds on this kernel: what was measured, what has changed
since 2018, and what to try next. Of several claims, the last lines say all that
in short. Its exit status is 1 if a claim does not hold.`,
		Example: `  lab tour
  lab tour 3 4
  lab tour --list
  lab tour 4 --source
  lab tour -r 6.1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			claims, err := chosen(args)
			if err != nil {
				return err
			}
			if err := s.checkTour(cmd, list); err != nil {
				return err
			}
			switch {
			case list:
				return s.list(claims)
			case anywhere:
				if ran, err := s.inGuest(cmd, again(cmd, args, "anywhere")); ran {
					return err
				}
			}
			return s.tour(cmd, claims)
		},
	}
	cmd.Flags().BoolVar(&s.source, "source", false, "show the Go source of each workload, too")
	cmd.Flags().BoolVar(&list, "list", false, "list the claims")
	cmd.Flags().BoolVar(&anywhere, "anywhere", false, "take a guest if this kernel cannot be traced")
	s.commonFlags(cmd)
	s.replayFlag(cmd)
	s.saveFlag(cmd)
	return cmd
}

// checkTour finds contradictions among the flags of a tour.
func (s *source) checkTour(cmd *cobra.Command, list bool) (err error) {
	if list {
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if f.Name != "list" && f.Name != "json" {
				err = usagef("--list and --%s exclude each other: a list needs no recording", f.Name)
			}
		})
		return err
	}
	if cmd.Flags().Changed("replay") {
		return s.checkReplay(cmd, nil)
	}
	return s.checkSave(cmd)
}

// again is how a verb was called, for a lab in a guest: with each flag that was set, but for
// the one that asked for the guest.
func again(cmd *cobra.Command, args []string, guest string) []string {
	verb := []string{cmd.Name()}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != guest {
			verb = append(verb, "--"+f.Name+"="+f.Value.String())
		}
	})
	return append(verb, args...)
}

// chosen returns the claims whose numbers are given, or all.
func chosen(args []string) ([]tour.Claim, error) {
	var numbers []int
	for _, arg := range args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return nil, usagef("%q is not the number of a claim: see lab tour --list", arg)
		}
		numbers = append(numbers, n)
	}
	claims, err := tour.Select(numbers...)
	if err != nil {
		return nil, usageError{err}
	}
	return claims, nil
}

// tour records what the claims need, or takes recordings, judges the claims and shows the
// verdicts.
func (s *source) tour(cmd *cobra.Command, claims []tour.Claim) error {
	plan := tour.Plan(claims)
	var names []string
	for _, r := range plan {
		names = append(names, r.Workload)
	}
	workloads, err := lookUp(names...)
	if err != nil {
		return err
	}
	if s.replay != "" {
		traces, err := parseReference(s.replay).load()
		if err != nil {
			return err
		}
		s.recorded = true
		return s.judge(claims, traces)
	}
	return s.recordWorkloads(cmd, needed(plan), workloads, func(traces []*trace.Trace) error {
		return errors.Join(s.keep(traces...), s.judge(claims, traces))
	})
}

// judge judges claims by recordings and shows the verdicts.
func (s *source) judge(claims []tour.Claim, traces []*trace.Trace) error {
	byWorkload := make(map[string]*trace.Trace)
	for _, t := range traces {
		if byWorkload[t.Target.Workload] == nil {
			byWorkload[t.Target.Workload] = t
		}
	}
	var results []tour.Result
	status := exit(statusDone)
	for _, c := range claims {
		v := tour.Judge(c, byWorkload)
		if s.recorded {
			c.Try = c.Try.Replay(func(workload string) string { return s.where(workload, byWorkload[workload]) })
		}
		if v.Mark == tour.NotSeen {
			status = statusFailed
		}
		results = append(results, tour.Result{Claim: c, Verdict: v, Sources: s.sources(c)})
	}
	if err := s.showTour(results, traces, byWorkload); err != nil || status == statusDone {
		return err
	}
	return status
}

// where names a recording of a workload, to be looked at further: the one of the tour, if
// it holds all that any verb shows, else one of the lab's own.
func (s *source) where(workload string, t *trace.Trace) string {
	from := parseReference(s.replay).from
	whole := t != nil && t.HasStacks() && t.HasPackets() && t.HasSyscalls() && t.HasTimeline()
	if quoted(from) || !whole && !slices.Contains(recordings.Kernels(), from) {
		from = recordings.Newest()
	}
	return from + ":" + workload
}

// sources returns the Go source of a claim's workloads, if it is wanted.
func (s *source) sources(c tour.Claim) map[string]string {
	if !s.source {
		return nil
	}
	all := make(map[string]string)
	for _, r := range c.Recordings {
		if w, err := workload.Lookup(r.Workload); err == nil {
			all[r.Workload] = w.Source()
		}
	}
	return all
}

func (s *source) showTour(results []tour.Result, traces []*trace.Trace, recordings map[string]*trace.Trace) error {
	if s.json {
		return view.JSON(s.env.stdout, struct {
			Recorded bool           `json:"recorded"` // not now, but some time before
			Results  []tour.Result  `json:"results"`
			Traces   []*trace.Trace `json:"traces"`
		}{s.recorded, results, traces})
	}
	style := s.style()
	if err := view.Headers(s.env.stdout, traces, style); err != nil {
		return err
	}
	if err := view.Results(s.env.stdout, results, recordings, style); err != nil {
		return err
	}
	if err := view.HonestyOfAll(s.env.stdout, traces, style); err != nil {
		return err
	}
	return view.Summary(s.env.stdout, results, s.again(), style)
}

// again returns the arguments for another tour of the same recordings, or nothing where
// the name of their file would have to be quoted.
func (s *source) again() string {
	switch from := parseReference(s.replay).from; {
	case s.replay == "":
		return "tour"
	case quoted(from):
		return ""
	default:
		return "tour -r " + from
	}
}

// quoted tells whether a shell takes a name for something else.
func quoted(name string) bool { return strings.ContainsAny(name, " '\"$*?") }

// list lists claims by number and title.
func (s *source) list(claims []tour.Claim) error {
	if s.json {
		return view.JSON(s.env.stdout, claims)
	}
	return view.Claims(s.env.stdout, claims, s.env.style())
}
