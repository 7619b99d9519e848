package vm

import (
	"fmt"
	"strings"
	"time"
)

// Cause is why a guest ended without its command's exit status.
type Cause int

// What can go wrong with a guest, as opposed to the command in it.
const (
	Panicked  Cause = iota // its kernel panicked
	Silent                 // it did not come up in time
	Stopped                // QEMU stopped it by itself: KVM could not go on
	Hung                   // it answered no more when its limit came
	TimedOut               // its command still ran when its limit came
	Lost                   // QEMU ended, and nobody knows why
	NotReady               // init could not start the command or send its files
	Cancelled              // the caller ended it
)

// Failure is the error of a guest that did not bring its command to an end. A
// command that failed is none: it has a status.
type Failure struct {
	Cause   Cause
	Release string        // of the guest's kernel
	Up      bool          // it had come up
	Crashed bool          // QEMU ended by a signal of its own making: an assertion of its failed
	After   time.Duration // since the guest was started
	Detail  string        // in words
	Console []string      // what its kernel and init printed last, or first in trouble
	Err     error         // what is behind it, if anything: the context's error for Cancelled
}

// Error says in its first line what happened, then shows the console where that may tell
// more.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "guest with Linux %s: %s", f.Release, f.what())
	if f.Cause == Cancelled || f.Cause == NotReady || len(f.Console) == 0 {
		return b.String()
	}
	b.WriteString("; its console:")
	for _, line := range f.Console {
		b.WriteString("\n    " + line)
	}
	return b.String()
}

// Unwrap returns what is behind the failure.
func (f *Failure) Unwrap() error { return f.Err }

func (f *Failure) what() string {
	after := f.After.Round(100 * time.Millisecond)
	switch f.Cause {
	case Panicked:
		return fmt.Sprintf("kernel panic after %s: %s", after, f.Detail)
	case Silent:
		return fmt.Sprintf("it did not come up: no word from it after %s%s", after, f.Detail)
	case Stopped:
		return fmt.Sprintf("QEMU stopped it after %s: %s; software emulation (--accel %s) goes on", after, f.Detail, TCG)
	case Hung:
		return fmt.Sprintf("hangs: it does not answer after %s", after)
	case Lost:
		return fmt.Sprintf("it was gone after %s: %s", after, f.Detail)
	case Cancelled:
		return fmt.Sprintf("ended after %s: %s", after, f.Detail)
	}
	return f.Detail
}
