package main

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/mistake"
	"dialpath/lab/run"
	"dialpath/lab/vm"
)

// guestFlags are the flags of lab vm.
type guestFlags struct {
	kernel string
	accel  string
	files  []string // to be taken along
	limit  time.Duration
	quiet  bool

	limited bool // by the user
}

func newVM(env environment) *cobra.Command {
	var flags guestFlags
	cmd := &cobra.Command{
		Use:   "vm [--kernel SERIES] -- VERB...",
		Short: "Run a verb in a guest with kprobes",
		Long: `Vm boots a Debian kernel in a small virtual machine and runs a verb of the lab
in it. Output, exit status and saved files come back. A command after a second
-- is carried in with the libraries that it needs, and so are python3 and perl
with theirs; other files that it reads, and programs that it starts, are named
by --with-file. Your environment variables are the command's. It takes QEMU, but
neither root nor KVM.

Kernels are Debian's: 6.1 (single kprobes), 6.12 (kprobe.multi), and newer ones
by their series, as 6.18.`,
		Example: `  lab vm -- tour
  lab vm --kernel 6.1 -- count 'udp_*' -w echo-udp
  lab vm -- stack tcp_connect -- curl http://127.0.0.1
  lab vm --with-file ~/.curlrc -- packets -- curl http://127.0.0.1
  lab vm --accel tcg -- tour 4`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own, verb := split(cmd, args)
			switch {
			case len(own) > 0:
				return mistake.New("%q comes before the --: write %s vm -- VERB, as in %s vm -- tour", own[0], env.lab, env.lab)
			case len(verb) == 0:
				return mistake.New("no verb after --: see lab vm -h")
			case flags.limit <= 0:
				return mistake.New("--limit %v: a guest takes longer than that", flags.limit)
			}
			if _, err := vm.ParseAccel(flags.accel); err != nil {
				return mistake.Of(err)
			}
			flags.limited = cmd.Flags().Changed("limit")
			return flags.runVerb(cmd.Context(), env, verb)
		},
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return guestWords(env, args, begun)
	}
	cmd.Flags().StringVar(&flags.kernel, "kernel", vm.DefaultKernel, "boot the newest kernel of this `SERIES`")
	cmd.Flags().StringVar(&flags.accel, "accel", "", "run it by `WAY`: kvm, tcg (software emulation) or auto; else as "+vm.AccelEnv+" says, or auto")
	cmd.Flags().StringArrayVar(&flags.files, "with-file", nil, "take this `FILE`, program or folder along; may be given again")
	cmd.Flags().DurationVar(&flags.limit, "limit", vm.DefaultLimit, "end a guest that takes longer than this `TIME`")
	cmd.Flags().BoolVarP(&flags.quiet, "quiet", "q", false, "say nothing of the guest itself")
	return cmd
}

// sendToGuest runs a verb of the lab in the guest that is the usual one.
func sendToGuest(ctx context.Context, env environment, verb []string) error {
	return guestFlags{}.runVerb(ctx, env, verb)
}

// runVerb runs a verb of the lab in a guest.
func (f guestFlags) runVerb(ctx context.Context, env environment, verb []string) error {
	job, err := newJob(env, verb)
	if err != nil {
		return err
	}
	job.Env = append(job.Env, callEnv+"="+f.call(env))
	job.With = f.files
	guest := vm.Guest{Kernel: f.kernel, Accel: vm.Accel(f.accel), Limit: f.limit}
	if job.Terminal != nil && !f.limited {
		guest.Limit = math.MaxInt64 // who sits there may take any time
	}
	if !f.quiet {
		guest.Log = func(line string) { env.say("%s", line) }
	}
	status, err := run.Verb(ctx, guest, job, env.bar())
	if err != nil {
		return f.advise(err)
	}
	if status != statusDone {
		return exit(status)
	}
	return nil
}

// advise adds to a failure how to mend it, if a flag does.
func (f guestFlags) advise(err error) error {
	var failure *vm.Failure
	if f.limit > 0 && errors.As(err, &failure) && failure.Cause == vm.TimedOut {
		failure.Detail += ": --limit gives it longer"
	}
	return err
}

// call is how this guest's lab is called from outside.
func (f guestFlags) call(env environment) string {
	call := env.lab + " vm "
	if f.kernel != "" && f.kernel != vm.DefaultKernel {
		call += "--kernel " + f.kernel + " "
	}
	if f.accel != "" {
		call += "--accel " + f.accel + " "
	}
	return call + "--"
}
