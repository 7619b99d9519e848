package main

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"dialpath/lab/vm"
)

// guestOptions are the flags of lab vm.
type guestOptions struct {
	kernel string
	limit  time.Duration
	quiet  bool
}

func newVM(env environment) *cobra.Command {
	var opts guestOptions
	cmd := &cobra.Command{
		Use:   "vm [--kernel SERIES] -- VERB...",
		Short: "Run a verb in a guest with kprobes",
		Long: `Vm boots a Debian kernel in a small virtual machine and runs a verb of the lab
in it. Output, exit status and saved files come back; a command after a second
-- is carried in with the libraries that it needs. It takes QEMU, but neither
root nor KVM.

Kernels are Debian's: 6.1 (single kprobes), 6.12 (kprobe.multi), and newer ones
by their series, as 6.18.`,
		Example: `  lab vm -- tour
  lab vm --kernel 6.1 -- count 'udp_*' -w echo-udp
  lab vm -- stack tcp_connect -- curl http://127.0.0.1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			own, verb := split(cmd, args)
			if err := noArgs(cmd, own); err != nil {
				return err
			}
			if len(verb) == 0 {
				return usagef("no verb after --: see lab vm -h")
			}
			return runInGuest(cmd.Context(), env, opts, verb)
		},
	}
	cmd.Flags().StringVar(&opts.kernel, "kernel", vm.DefaultKernel, "kernel series")
	cmd.Flags().DurationVar(&opts.limit, "limit", vm.DefaultLimit, "end a guest that takes longer")
	cmd.Flags().BoolVarP(&opts.quiet, "quiet", "q", false, "say nothing of the guest itself")
	return cmd
}

// callEnv tells the lab in a guest how it was called from outside, for its hints.
const callEnv = "DIALPATH_CALL"

// runInGuest runs a verb of the lab in a guest.
func runInGuest(ctx context.Context, env environment, opts guestOptions, verb []string) error {
	job, err := newJob(env, verb)
	if err != nil {
		return err
	}
	// The guest's lab is the one to be interrupted; this one waits for it.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	job.Signals = signals
	call := env.lab + " vm --"
	if opts.kernel != "" && opts.kernel != vm.DefaultKernel {
		call = env.lab + " vm --kernel " + opts.kernel + " --"
	}
	job.Env = append(job.Env, callEnv+"="+call)

	guest := vm.Guest{Kernel: opts.kernel, Limit: opts.limit, Progress: vm.Bar(os.Stderr)}
	if !opts.quiet {
		guest.Log = func(line string) { env.say("%s", line) }
	}
	status, err := guest.Run(context.WithoutCancel(ctx), job)
	if err != nil {
		return err
	}
	if status != 0 {
		return exit(status)
	}
	return nil
}

// newJob says what a verb takes into the guest, and what it brings back.
func newJob(env environment, verb []string) (vm.Job, error) {
	job := vm.Job{Args: verb, Stdin: env.stdin, Stdout: env.stdout, Stderr: env.stderr}
	root := newRoot(env)
	cmd, rest, err := root.Find(verb)
	if err != nil || cmd == root {
		return job, usagef("unknown verb %q: see lab -h", verb[0])
	}
	if cmd.Name() == "vm" {
		return job, usagef("lab vm runs in no guest")
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return job, usagef("%w: see lab %s -h", err, cmd.Name())
	}
	files := func(flag string) []string {
		if f := cmd.Flags().Lookup(flag); f != nil && f.Changed {
			return []string{f.Value.String()}
		}
		return nil
	}
	job.Inputs, job.Outputs = files("replay"), files("save")
	if env.color {
		job.Env = append(job.Env, "CLICOLOR_FORCE=1")
	}
	if n := cmd.ArgsLenAtDash(); n >= 0 && len(cmd.Flags().Args()) > n {
		program, err := exec.LookPath(cmd.Flags().Args()[n])
		if err != nil {
			return job, err
		}
		if program, err = filepath.Abs(program); err != nil {
			return job, err
		}
		job.Carry = []string{program}
	}
	return job, nil
}
