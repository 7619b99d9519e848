package main

import (
	"cmp"
	"context"
	"errors"
	"math"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/vm"
)

// guestOptions are the flags of lab vm.
type guestOptions struct {
	kernel string
	accel  string
	files  []string // to be taken along
	limit  time.Duration
	quiet  bool

	limited bool // by the user
}

func newVM(env environment) *cobra.Command {
	var opts guestOptions
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
				return usagef("%q comes before the --: write %s vm -- VERB, as in %s vm -- tour", own[0], env.lab, env.lab)
			case len(verb) == 0:
				return usagef("no verb after --: see lab vm -h")
			case opts.limit <= 0:
				return usagef("--limit %v: a guest takes longer than that", opts.limit)
			}
			if _, err := vm.ParseAccel(opts.accel); err != nil {
				return usageError{err}
			}
			opts.limited = cmd.Flags().Changed("limit")
			return runInGuest(cmd.Context(), env, opts, verb)
		},
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return inGuestWords(env, args, begun)
	}
	cmd.Flags().StringVar(&opts.kernel, "kernel", vm.DefaultKernel, "boot the newest kernel of this `SERIES`")
	cmd.Flags().StringVar(&opts.accel, "accel", "", "run it by `WAY`: kvm, tcg (software emulation) or auto; else as "+vm.AccelEnv+" says, or auto")
	cmd.Flags().StringArrayVar(&opts.files, "with-file", nil, "take this `FILE`, program or folder along; may be given again")
	cmd.Flags().DurationVar(&opts.limit, "limit", vm.DefaultLimit, "end a guest that takes longer than this `TIME`")
	cmd.Flags().BoolVarP(&opts.quiet, "quiet", "q", false, "say nothing of the guest itself")
	return cmd
}

// runInGuest runs a verb of the lab in a guest.
func runInGuest(ctx context.Context, env environment, opts guestOptions, verb []string) error {
	job, err := newJob(env, verb)
	if err != nil {
		return err
	}
	job.Env = append(job.Env, callEnv+"="+opts.call(env))
	job.With = opts.files
	// The guest's lab is the one to be interrupted; this one waits for it.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	job.Signals = signals
	// But until a guest is booted, it is this one.
	bar, _ := env.stderr.(*os.File)
	if _, err := vm.Fetch(ctx, cmp.Or(opts.kernel, vm.DefaultKernel), progressOn(bar)); err != nil && ctx.Err() == nil {
		return err
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	guest := vm.Guest{Kernel: opts.kernel, Accel: vm.Accel(opts.accel), Limit: opts.limit}
	if job.Terminal != nil && !opts.limited {
		guest.Limit = math.MaxInt64 // who sits there may take any time
	}
	if !opts.quiet {
		guest.Log = func(line string) { env.say("%s", line) }
	}
	status, err := guest.Run(context.WithoutCancel(ctx), job)
	if err != nil {
		return opts.advise(err)
	}
	for _, name := range job.Outputs {
		if err := giveBack(name); err != nil && status == statusDone {
			return err
		}
	}
	if status != statusDone {
		return exit(status)
	}
	return nil
}

// advise adds to a failure how to mend it, if a flag does.
func (o guestOptions) advise(err error) error {
	var failure *vm.Failure
	if o.limit > 0 && errors.As(err, &failure) && failure.Cause == vm.TimedOut {
		failure.Detail += ": --limit gives it longer"
	}
	return err
}

// progressOn shows on a file how far a download is.
func progressOn(f *os.File) vm.Progress {
	if f == nil {
		return nil
	}
	return vm.Bar(f)
}

// call is how this guest's lab is called from outside.
func (o guestOptions) call(env environment) string {
	call := env.lab + " vm "
	if o.kernel != "" && o.kernel != vm.DefaultKernel {
		call += "--kernel " + o.kernel + " "
	}
	if o.accel != "" {
		call += "--accel " + o.accel + " "
	}
	return call + "--"
}
