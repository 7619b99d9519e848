package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/recordings"
	"dialpath/lab/view"
	"dialpath/lab/workload"
)

// A source is where a verb gets its trace from: a recording to be made now, of a
// workload, a command, a process or everybody; or a file.
type source struct {
	env      environment
	workload string
	times    int
	tries    int // for a recording without losses
	pid      int
	duration time.Duration
	backend  string
	replay   string // a reference
	save     string
	json     bool
	output   output
	source   bool // of the workloads, to be shown
	recorded bool // what is shown is a recording
}

// style is how text is to look. A view of a recording says that it is one.
func (s *source) style() view.Style {
	style := s.env.style()
	style.Recorded = s.recorded
	return style
}

// flags declares the flags by which a source is chosen.
func (s *source) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&s.workload, "workload", "w", "", "run this `WORKLOAD` in a private network, as dialudp; lab compare -h lists them")
	f.IntVarP(&s.times, "times", "n", 1, "have the workload do its thing `N` times")
	f.IntVarP(&s.pid, "pid", "p", 0, "trace process `PID`, and the children it will have")
	f.DurationVarP(&s.duration, "duration", "d", 0, "stop after this `TIME`, as 5s; else at the end, or on Ctrl-C")
	s.commonFlags(cmd)
	s.replayFlag(cmd)
	s.saveFlag(cmd)
}

// replayFlag declares the flag by which a recording is taken instead of made.
func (s *source) replayFlag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&s.replay, "replay", "r", "", "show a `RECORDING` instead of making one: a file, or a kernel of the lab's own ("+kernels()+"); of several the one of a workload, as "+recordings.Newest()+":dialudp")
}

func (s *source) saveFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.save, "save", "", "save what was recorded in `FILE`, compressed if its name ends in .gz")
}

// commonFlags declares the flags of all verbs that record.
func (s *source) commonFlags(cmd *cobra.Command) {
	s.backendFlag(cmd)
	cmd.Flags().BoolVar(&s.json, "json", false, "write JSON")
}

func (s *source) backendFlag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&s.backend, "backend", "k", "auto", "attach by this `BACKEND`: auto, kprobe.multi, kprobe, fentry or tracepoint")
}

// check finds contradictions among the flags, before anything is done.
func (s *source) check(cmd *cobra.Command, globs, command []string) error {
	changed := cmd.Flags().Changed
	var targets []string
	for _, t := range []struct {
		name string
		set  bool
	}{{"-w", changed("workload")}, {"-p", changed("pid")}, {"-- COMMAND", command != nil}, {"-r", changed("replay")}} {
		if t.set {
			targets = append(targets, t.name)
		}
	}
	switch {
	case len(targets) > 1:
		return usagef("%s and %s exclude each other: see %s -h", targets[0], targets[1], cmd.CommandPath())
	case changed("replay"):
		return s.checkReplay(cmd, globs)
	case changed("pid") && s.pid <= 0:
		return usagef("-p %d: a process's number is 1 or more", s.pid)
	case changed("times") && !changed("workload"):
		return usagef("-n is for workloads: use it with -w")
	case s.times < 1:
		return usagef("-n %d: a workload runs once or more often", s.times)
	case changed("duration") && s.duration <= 0:
		return usagef("-d %v: a recording takes longer than that", s.duration)
	case command != nil && len(command) == 0:
		return usagef("no command after --: see %s -h", cmd.CommandPath())
	case changed("workload"):
		if _, err := lookUp(s.workload); err != nil {
			return err
		}
	}
	if err := s.checkSave(cmd); err != nil {
		return err
	}
	return checkGlobs(globs)
}

// toRecord are the flags that say how to record: a recording has no use for them.
var toRecord = []string{"workload", "times", "pid", "duration", "backend", "save", "anywhere", "guest", "kernel"}

// checkReplay refuses what a saved trace has no use for: it is shown as it is.
func (s *source) checkReplay(cmd *cobra.Command, globs []string) error {
	if err := parseReference(s.replay).check(); err != nil {
		return err
	}
	if len(globs) > 0 {
		return usagef("%q and -r exclude each other: a saved trace is shown as it is", globs[0])
	}
	return nothingToRecord(cmd)
}

// nothingToRecord refuses flags that say how to record, where -r is given.
func nothingToRecord(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if slices.Contains(toRecord, f.Name) {
			err = usagef("--%s and -r exclude each other: a saved trace is shown as it is", f.Name)
		}
	})
	return err
}

func checkGlobs(globs []string) error {
	for _, glob := range globs {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			return usagef("%q is no pattern: names are like udp_sendmsg, globs like 'udp_*'", glob)
		}
	}
	return nil
}

// split parts a verb's arguments from the command after the dashes. The command
// is nil if there are no dashes.
func split(cmd *cobra.Command, args []string) (own, command []string) {
	n := cmd.ArgsLenAtDash()
	if n < 0 {
		return args, nil
	}
	return args[:n], append([]string{}, args[n:]...)
}

// needs demands arguments where something is to be recorded; a saved trace needs
// none.
func needs(cmd *cobra.Command, args []string, what string) error {
	if len(args) == 0 && !cmd.Flags().Changed("replay") {
		return usagef("nothing asked for: give %s; see %s -h", what, cmd.CommandPath())
	}
	return nil
}

// names lists the workloads.
func names() string {
	var all []string
	for _, w := range workload.All() {
		all = append(all, w.Name)
	}
	return strings.Join(all, ", ")
}

// catalogue lists the workloads with what each does, a line each.
func catalogue() string {
	var lines []string
	for _, w := range workload.All() {
		lines = append(lines, fmt.Sprintf("  %-17s%s", w.Name, w.Title))
	}
	return strings.Join(lines, "\n")
}

// lookUp finds workloads by their names.
func lookUp(names ...string) ([]workload.Workload, error) {
	var found []workload.Workload
	for _, name := range names {
		w, err := workload.Lookup(name)
		if err != nil {
			return nil, usageError{err}
		}
		found = append(found, w)
	}
	return found, nil
}
