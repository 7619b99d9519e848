package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dialpath/lab/mistake"
	"dialpath/lab/plan"
	"dialpath/lab/recordings"
	"dialpath/lab/run"
	"dialpath/lab/trace"
)

// A tracer is a verb that has something traced, or shows a recording: what its flags say of
// whom, of how, and of how the trace is to be shown.
type tracer struct {
	env     environment
	target  target
	request run.Request
	display display
}

func newTracer(env environment) *tracer {
	return &tracer{env: env, target: target{times: 1}, display: display{env: env}}
}

// flags declares the flags of the verbs that trace one target, and show that part of its
// trace, "" if no other tool's format has it.
func (t *tracer) flags(cmd *cobra.Command, part string) {
	t.target.flags(cmd, &t.request.Duration)
	t.recordFlags(cmd)
	t.saveFlag(cmd)
	t.display.jsonFlag(cmd)
	if part != "" {
		t.display.outputFlag(cmd, part)
	}
}

func (t *tracer) saveFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.request.Save, "save", "", "save what was recorded in `FILE`, compressed if its name ends in .gz")
}

// recordFlags declares the flags of all verbs that have something traced: how that is done.
func (t *tracer) recordFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&t.request.Backend, "backend", "k", "auto", "attach by this `BACKEND`: auto, kprobe.multi, kprobe, fentry or tracepoint")
}

// trace traces what the flags and the command say, or takes a recording, and shows it.
func (t *tracer) trace(cmd *cobra.Command, p plan.Plan, command []string, as aspect) error {
	if err := t.check(cmd, p, command); err != nil {
		return err
	}
	if err := t.display.check(cmd, t.request.Save); err != nil {
		return err
	}
	target, err := t.target.choose(t.env, command)
	if err != nil {
		return err
	}
	if t.display.forData() {
		target.Stdout = t.env.stderr // standard output is for the data alone
	}
	t.request.Targets = []run.Target{target}
	t.display.recorded = target.Trace != nil
	return t.traces(cmd, p, func(all []*trace.Trace) error {
		if t.display.recorded {
			return t.display.showSaved(t.target.replay, all[0], as)
		}
		return t.display.show(all[0], as)
	})
}

// check finds contradictions among the flags, before anything is done.
func (t *tracer) check(cmd *cobra.Command, p plan.Plan, command []string) error {
	if err := t.target.check(cmd, command); err != nil {
		return err
	}
	var typed []string
	if p.Typed {
		typed = p.Names()
	}
	if cmd.Flags().Changed("replay") {
		return checkReplay(cmd, t.target.replay, typed)
	}
	if cmd.Flags().Changed("duration") && t.request.Duration <= 0 {
		return mistake.New("-d %v: a recording takes longer than that", t.request.Duration)
	}
	if err := checkSave(cmd.Flag("save")); err != nil {
		return err
	}
	return mistake.Of(plan.CheckNames(typed))
}

// traces gets the traces that are asked for, and says meanwhile how it goes.
func (t *tracer) traces(cmd *cobra.Command, p plan.Plan, use func([]*trace.Trace) error) error {
	progress := newProgress(t.env)
	defer progress.end()
	t.request.Plan = p
	t.request.News = run.News{
		Progress: progress.show,
		Begins:   func(what string) { t.env.say("Tracing %s... Hit Ctrl-C to end.", what) },
		Failed:   func(err error) { t.env.say("lab: %v", err) },
	}
	return t.advise(cmd, run.Traces(cmd.Context(), t.request, use))
}

// advise says where to do what cannot be done here, if that is why it failed.
func (t *tracer) advise(cmd *cobra.Command, err error) error {
	guest := t.env.lab + " vm -- " + cmd.Name() + " …"
	switch {
	case errors.Is(err, run.ErrNoKernel):
		return noKernel(t.env, cmd)
	case errors.Is(err, run.ErrNoRoot) && t.target.pid != 0: // a guest does not have it
		return fmt.Errorf("%s needs root: run it with sudo", cmd.Name())
	case errors.Is(err, run.ErrNoRoot):
		return fmt.Errorf("%s needs root: run it with sudo, or in a guest: %s", cmd.Name(), guest)
	case errors.Is(err, run.ErrNoKprobes) && len(t.request.Plan.Functions) == 0:
		return fmt.Errorf("this kernel has no kprobes: do it in a guest, %s", guest)
	case errors.Is(err, run.ErrNoKprobes):
		return fmt.Errorf("this kernel cannot count functions: do it in a guest, %s, or count tracepoints, %s count 'net:*' …", guest, t.env.lab)
	}
	return err
}

// noKernel says what cannot work here, and what does.
func noKernel(env environment, cmd *cobra.Command) error {
	return fmt.Errorf("%s needs a Linux kernel, and this is %s: use a Linux machine, or look at a recording, as %s tour -r %s",
		cmd.Name(), runtime.GOOS, env.lab, recordings.Newest())
}

// toRecord are the flags that say how to record: a recording has no use for them.
var toRecord = []string{"workload", "times", "pid", "duration", "backend", "save", "anywhere", "guest", "kernel"}

// checkReplay refuses what a saved trace has no use for: it is shown as it is.
func checkReplay(cmd *cobra.Command, reference string, globs []string) error {
	if err := run.ParseReference(reference).Check(); err != nil {
		return err
	}
	if len(globs) > 0 {
		return mistake.New("%q and -r exclude each other: a saved trace is shown as it is", globs[0])
	}
	return nothingToRecord(cmd)
}

// nothingToRecord refuses flags that say how to record, where -r is given.
func nothingToRecord(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if slices.Contains(toRecord, f.Name) {
			err = mistake.New("--%s and -r exclude each other: a saved trace is shown as it is", f.Name)
		}
	})
	return err
}

// checkSave demands a name after --save.
func checkSave(save *pflag.Flag) error {
	if save.Changed && save.Value.String() == "" {
		return mistake.New("--save needs the name of a file")
	}
	return nil
}
