package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/recordings"
	"dialpath/lab/run"
	"dialpath/lab/workload"
)

// A target is what the flags say of whom to trace: a workload, a process, or, without any,
// a command or everybody; or which recording to show instead.
type target struct {
	workload string
	times    int
	pid      int
	replay   string // a reference
}

// flags declares the flags by which a target is chosen.
func (t *target) flags(cmd *cobra.Command, duration *time.Duration) {
	f := cmd.Flags()
	f.StringVarP(&t.workload, "workload", "w", "", "run this `WORKLOAD` in a private network, as dialudp; lab compare -h lists them")
	f.IntVarP(&t.times, "times", "n", 1, "have the workload do its thing `N` times")
	f.IntVarP(&t.pid, "pid", "p", 0, "trace process `PID`, and the children it will have")
	f.DurationVarP(duration, "duration", "d", 0, "stop after this `TIME`, as 5s; else at the end, or on Ctrl-C")
	t.replayFlag(cmd)
}

// replayFlag declares the flag by which a recording is taken instead of made.
func (t *target) replayFlag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&t.replay, "replay", "r", "", "show a `RECORDING` instead of making one: a file, or a kernel of the lab's own ("+run.Kernels()+"); of several the one of a workload, as "+recordings.Newest()+":dialudp")
}

// check finds contradictions among the flags, before anything is done.
func (t *target) check(cmd *cobra.Command, command []string) error {
	changed := cmd.Flags().Changed
	var targets []string
	for _, one := range []struct {
		name string
		set  bool
	}{{"-w", changed("workload")}, {"-p", changed("pid")}, {"-- COMMAND", command != nil}, {"-r", changed("replay")}} {
		if one.set {
			targets = append(targets, one.name)
		}
	}
	switch {
	case len(targets) > 1:
		return mistake.New("%s and %s exclude each other: see %s -h", targets[0], targets[1], cmd.CommandPath())
	case changed("replay"):
		return nil
	case changed("pid") && t.pid <= 0:
		return mistake.New("-p %d: a process's number is 1 or more", t.pid)
	case changed("times") && !changed("workload"):
		return mistake.New("-n is for workloads: use it with -w")
	case t.times < 1:
		return mistake.New("-n %d: a workload runs once or more often", t.times)
	case command != nil && len(command) == 0:
		return mistake.New("no command after --: see %s -h", cmd.CommandPath())
	case changed("workload"):
		_, err := lookUp(t.workload)
		return err
	}
	return nil
}

// choose returns the target to be recorded, or the recording that was chosen.
func (t *target) choose(env environment, command []string) (run.Target, error) {
	switch {
	case t.replay != "":
		one, err := run.ParseReference(t.replay).One()
		return run.Target{Trace: one}, err
	case t.workload != "":
		found, err := lookUp(t.workload)
		if err != nil {
			return run.Target{}, err
		}
		return run.Target{Workload: &found[0], Times: t.times}, nil
	}
	return run.Target{Command: command, PID: t.pid, Stdin: env.stdin, Stdout: env.stdout, Stderr: env.stderr}, nil
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
		return mistake.New("nothing asked for: give %s; see %s -h", what, cmd.CommandPath())
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
			return nil, mistake.Of(err)
		}
		found = append(found, w)
	}
	return found, nil
}
