package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/mistake"
	"dialpath/lab/recordings"
	"dialpath/lab/run"
	"dialpath/lab/tour"
	"dialpath/lab/trace"
	"dialpath/lab/view"
	"dialpath/lab/workload"
)

func newTour(env environment) *cobra.Command {
	t := &touring{tracer: newTracer(env)}
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
			if err := t.check(cmd, list); err != nil {
				return err
			}
			switch {
			case list:
				return t.list(claims)
			case anywhere && run.NeedsGuest():
				env.say("This kernel has no kprobes: the tour runs in a small virtual machine.")
				return sendToGuest(cmd.Context(), env, again(cmd, args, "anywhere"))
			}
			return t.tour(cmd, claims)
		},
	}
	cmd.Flags().BoolVar(&t.sources, "source", false, "show the Go source of each workload, too")
	cmd.Flags().BoolVar(&list, "list", false, "list the claims")
	cmd.Flags().BoolVar(&anywhere, "anywhere", false, "take a guest if this kernel cannot be traced")
	t.recordFlags(cmd)
	t.display.jsonFlag(cmd)
	t.target.replayFlag(cmd)
	t.saveFlag(cmd)
	return cmd
}

// A touring is the verb tour.
type touring struct {
	*tracer
	sources bool // of the workloads are to be shown
}

// check finds contradictions among the flags of a tour.
func (t *touring) check(cmd *cobra.Command, list bool) (err error) {
	if list {
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if f.Name != "list" && f.Name != "json" {
				err = mistake.New("--list and --%s exclude each other: a list needs no recording", f.Name)
			}
		})
		return err
	}
	if cmd.Flags().Changed("replay") {
		return checkReplay(cmd, t.target.replay, nil)
	}
	return checkSave(cmd.Flag("save"))
}

// chosen returns the claims whose numbers are given, or all.
func chosen(args []string) ([]tour.Claim, error) {
	var numbers []int
	for _, arg := range args {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return nil, mistake.New("%q is not the number of a claim: see lab tour --list", arg)
		}
		numbers = append(numbers, n)
	}
	claims, err := tour.Select(numbers...)
	if err != nil {
		return nil, mistake.Of(err)
	}
	return claims, nil
}

// tour has the claims' workloads recorded, or takes recordings, judges the claims and shows
// the verdicts.
func (t *touring) tour(cmd *cobra.Command, claims []tour.Claim) error {
	toRecord := tour.ToRecord(claims)
	if err := t.targets(toRecord); err != nil {
		return err
	}
	return t.traces(cmd, tour.Together(toRecord), func(traces []*trace.Trace) error { return t.judge(claims, traces) })
}

// targets are the recordings that the flags name, or the workloads that are to be recorded.
func (t *touring) targets(toRecord []tour.Recording) error {
	if t.target.replay != "" {
		all, err := run.ParseReference(t.target.replay).Load()
		t.request.Targets, t.display.recorded = run.Recorded(all), true
		return err
	}
	var names []string
	for _, r := range toRecord {
		names = append(names, r.Workload)
	}
	workloads, err := lookUp(names...)
	t.request.Targets, t.request.Tries = run.Workloads(workloads, t.target.times), 3
	return err
}

// judge judges claims by recordings and shows the verdicts.
func (t *touring) judge(claims []tour.Claim, traces []*trace.Trace) error {
	byWorkload := make(map[string]*trace.Trace)
	for _, one := range traces {
		if byWorkload[one.Target.Workload] == nil {
			byWorkload[one.Target.Workload] = one
		}
	}
	var results []tour.Result
	status := exit(statusDone)
	for _, c := range claims {
		v := tour.Judge(c, byWorkload)
		if t.display.recorded {
			c.Try = c.Try.Replay(func(workload string) string { return t.where(workload, byWorkload[workload]) })
		}
		if v.Mark == tour.NotSeen {
			status = statusFailed
		}
		results = append(results, tour.Result{Claim: c, Verdict: v, Sources: t.sourcesOf(c)})
	}
	if err := t.show(results, traces, byWorkload); err != nil || status == statusDone {
		return err
	}
	return status
}

// where names a recording of a workload, to be looked at further: the one of the tour, if
// it holds all that any verb shows, else one of the lab's own.
func (t *touring) where(workload string, of *trace.Trace) string {
	from := run.ParseReference(t.target.replay).From
	whole := of != nil && of.HasStacks() && of.HasPackets() && of.HasSyscalls() && of.HasTimeline()
	if quoted(from) || !whole && !slices.Contains(recordings.Kernels(), from) {
		from = recordings.Newest()
	}
	return from + ":" + workload
}

// sourcesOf returns the Go source of a claim's workloads, if it is wanted.
func (t *touring) sourcesOf(c tour.Claim) map[string]string {
	if !t.sources {
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

func (t *touring) show(results []tour.Result, traces []*trace.Trace, recordings map[string]*trace.Trace) error {
	if t.display.json {
		return view.JSON(t.env.stdout, struct {
			Recorded bool           `json:"recorded"` // not now, but some time before
			Results  []tour.Result  `json:"results"`
			Traces   []*trace.Trace `json:"traces"`
		}{t.display.recorded, results, traces})
	}
	style := t.display.style()
	if err := view.Headers(t.env.stdout, traces, style); err != nil {
		return err
	}
	if err := view.Results(t.env.stdout, results, recordings, style); err != nil {
		return err
	}
	if err := view.HonestyOfAll(t.env.stdout, traces, style); err != nil {
		return err
	}
	return view.Summary(t.env.stdout, results, t.another(), style)
}

// another returns the arguments for another tour of the same recordings, or nothing where
// the name of their file would have to be quoted.
func (t *touring) another() string {
	switch from := run.ParseReference(t.target.replay).From; {
	case t.target.replay == "":
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
func (t *touring) list(claims []tour.Claim) error {
	if t.display.json {
		return view.JSON(t.env.stdout, claims)
	}
	return view.Claims(t.env.stdout, claims, t.env.style())
}
