//go:build !linux

package run

import (
	"context"

	"dialpath/lab/trace"
)

// Elsewhere nothing is recorded: there is no such kernel.

func (Request) check() error { return ErrNoKernel }

func (Request) record(context.Context, func([]*trace.Trace) error) error { return ErrNoKernel }

// Trace makes no recording here: there is no such kernel.
func (Place) Trace(context.Context, Request, func(*trace.Trace) error) error { return ErrNoKernel }

// NeedsGuest tells whether this machine needs a guest to be traced: it has no use for one.
func NeedsGuest() bool { return false }
