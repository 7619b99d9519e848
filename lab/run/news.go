package run

import "dialpath/lab/trace"

// News are told how a recording goes. Each may be nil.
type News struct {
	// Progress is told how far a long operation has come.
	Progress func(doing string, done, total int)
	// Begins is told by what is watched, once all that happens is seen, if it then goes on
	// until somebody ends it: "12 functions by kprobe for 5s".
	Begins func(what string)
	// Failed is told how a command failed that ended by itself: its own affair, and no error
	// of the recording.
	Failed func(error)
	// Unwatched is told which functions have no probe, where no trace tells it.
	Unwatched func([]trace.Failure)
}

func (n News) begins(what string) {
	if n.Begins != nil {
		n.Begins(what)
	}
}

func (n News) unwatched(failed []trace.Failure) {
	if n.Unwatched != nil {
		n.Unwatched(failed)
	}
}
