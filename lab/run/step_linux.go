package run

import (
	"context"
	"os/signal"
	"syscall"

	"dialpath/lab/step"
)

// Step runs a program in the debugger, with the kernel beside it. Whom, the options say: the
// request has no targets. Ctrl-C stops the program and not the debugger, which sees to that
// itself.
func Step(ctx context.Context, r Request, options step.Options) error {
	if _, err := r.backend(); err != nil {
		return err
	}
	if err := options.Check(); err != nil {
		return err
	}
	recorder, err := Open(r)
	if err != nil {
		return err
	}
	defer recorder.Close()
	r.News.unwatched(recorder.Failed())
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return step.Run(ctx, options, recorder)
}
