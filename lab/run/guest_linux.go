package run

import (
	"cmp"
	"context"
	"os"
	"os/signal"
	"syscall"

	"dialpath/lab/vm"
)

// Verb runs a verb of the lab in a guest, and returns its exit status. A download of the
// guest's kernel is shown on the bar, if that is not nil. Files that come back belong to
// whoever called sudo.
//
// A Ctrl-C ends a download; it then fails with [ErrInterrupted]. Once a guest is booted, the
// lab in it is the one to be interrupted, and this one waits for it.
func Verb(ctx context.Context, guest vm.Guest, job vm.Job, bar *os.File) (status int, err error) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	job.Signals = signals
	if _, err := vm.Fetch(ctx, cmp.Or(guest.Kernel, vm.DefaultKernel), Bar(bar)); err != nil && ctx.Err() == nil {
		return 0, err
	}
	if ctx.Err() != nil {
		return 0, ErrInterrupted
	}
	status, err = guest.Run(context.WithoutCancel(ctx), job)
	if err != nil {
		return 0, err
	}
	for _, name := range job.Outputs {
		if err := GiveBack(name); err != nil && status == 0 {
			return 0, err
		}
	}
	return status, nil
}

// Bar shows on a file how far a download is, if it is not nil.
func Bar(f *os.File) vm.Progress {
	if f == nil {
		return nil
	}
	return vm.Bar(f)
}
