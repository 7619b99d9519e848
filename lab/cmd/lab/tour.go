package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"dialpath/lab/doctor"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/probes"
)

func newTour(env environment) *cobra.Command {
	s := &source{env: env, times: 1}
	var list, anywhere bool
	cmd := &cobra.Command{
		Use:   "tour [CLAIM...]",
		Short: "The article, measured",
		Long: `Tour takes the claims of the article one by one, runs Go programs to test each,
and says whether it holds on this kernel: what was measured, what has changed
since 2018, and what to try next. Its exit status is 1 if a claim does not hold.`,
		Example: `  lab tour
  lab tour 5 6
  lab tour --list`,
		RunE: func(cmd *cobra.Command, args []string) error {
			claims, err := chosen(args)
			if err != nil {
				return err
			}
			switch {
			case list:
				return s.list(claims)
			case anywhere && doctor.Examine().Guest:
				env.say("This kernel has no kprobes: the tour runs in a small virtual machine.")
				return runInGuest(cmd.Context(), env, guestOptions{}, s.guestTour(args))
			}
			return s.tour(cmd, claims, len(args) == 0)
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the claims")
	cmd.Flags().BoolVar(&anywhere, "anywhere", false, "take a guest if this kernel cannot be traced")
	s.commonFlags(cmd)
	return cmd
}

// guestTour is the same tour as it is asked for in a guest.
func (s *source) guestTour(claims []string) []string {
	verb := []string{"tour", "--backend", s.backend}
	if s.json {
		verb = append(verb, "--json")
	}
	return append(verb, claims...)
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

// tour records what the claims need, judges them and shows the verdicts. The whole
// tour says first what it has.
func (s *source) tour(cmd *cobra.Command, claims []tour.Claim, whole bool) error {
	plan := tour.Plan(claims)
	var names []string
	for _, r := range plan {
		names = append(names, r.Workload)
	}
	workloads, err := lookUp(names...)
	if err != nil {
		return err
	}
	return s.runWorkloads(cmd, needed(plan), workloads, func(traces []*trace.Trace) error {
		recordings := make(map[string]*trace.Trace)
		for i, t := range traces {
			recordings[names[i]] = t
		}
		var results []tour.Result
		status := exit(statusDone)
		for _, c := range claims {
			v := tour.Judge(c, recordings)
			if v.Mark == tour.NotSeen {
				status = statusFailed
			}
			results = append(results, tour.Result{Claim: c, Verdict: v})
		}
		if err := s.showTour(results, traces, recordings, whole); err != nil || status == statusDone {
			return err
		}
		return status
	})
}

// needed are the probes that the plan needs, all together: they are attached once.
func needed(plan []tour.Recording) probes.Options {
	needs := tour.Together(plan)
	return probes.Options{
		Functions: needs.Patterns, Stacks: needs.Stacks,
		Hooks: true, Packets: needs.Packets, Syscalls: needs.Syscalls,
	}
}

func (s *source) showTour(results []tour.Result, traces []*trace.Trace, recordings map[string]*trace.Trace, whole bool) error {
	if s.json {
		return view.JSON(s.env.stdout, results)
	}
	style := s.env.style()
	if err := view.Header(s.env.stdout, traces[0], style); err != nil {
		return err
	}
	if whole {
		if err := view.Scope(s.env.stdout, style); err != nil {
			return err
		}
	}
	for _, r := range results {
		if err := view.Claim(s.env.stdout, r, recordings, style); err != nil {
			return err
		}
	}
	if err := view.Honesty(s.env.stdout, traces[0], style); err != nil {
		return err
	}
	return view.Tally(s.env.stdout, results, style)
}

// list lists claims by number and title.
func (s *source) list(claims []tour.Claim) error {
	if s.json {
		return view.JSON(s.env.stdout, claims)
	}
	return view.Claims(s.env.stdout, claims, s.env.style())
}
