package run

import (
	"context"
	"time"

	"dialpath/lab/trace"
	"dialpath/lab/watch"
)

// Watch shows what a running process does, bit by bit, until the process has ended or the
// context is done. The request has one target, the process. It tells whether the process is
// the one that has ended.
func Watch(ctx context.Context, r Request, show func(time.Time, *trace.Trace) error) (ended bool, err error) {
	if err := r.check(); err != nil {
		return false, err
	}
	pid := r.Targets[0].PID
	process, err := watch.Open(pid)
	if err != nil {
		return false, err
	}
	defer process.Close()
	recorder, err := Open(r)
	if err != nil {
		return false, err
	}
	defer recorder.Close()
	if err := recorder.Admit(pid); err != nil {
		return false, err
	}
	if r.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Duration)
		defer cancel()
	}
	if err := recorder.Begin(); err != nil {
		return false, err
	}
	r.News.unwatched(recorder.Failed())
	r.News.begins(string(recorder.Backend()))
	err = watch.Run(ctx, recorder, process.Ended, show)
	return process.Ended(), err
}
