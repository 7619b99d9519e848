package vm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Guest is a kind of virtual machine: each Run boots a fresh one. The zero Guest
// is ready to use.
type Guest struct {
	// Kernel is the series to boot, as "6.1"; empty means [DefaultKernel].
	Kernel string
	// Binary is the program that the guest has as /init and as the lab: it must
	// call [Init] first thing. Empty means this very program.
	Binary string
	// Accel is what is to run its instructions; empty means what [AccelEnv] says, or [Auto].
	Accel Accel
	// Limit is how long the command may run; 0 means [DefaultLimit]. Booting has a
	// limit of its own.
	Limit time.Duration
	// Log takes lines about the course of things; nil throws them away.
	Log func(string)
	// Progress follows the download of a kernel; nil for none.
	Progress Progress

	kvm kvmDevice
}

// DefaultLimit ends a guest whose command does not come to an end.
const DefaultLimit = 10 * time.Minute

// Run boots a guest, runs one command in it and returns the command's exit
// status: 128 plus the signal if one ended it. Files come back before it returns.
//
// When ctx is cancelled, or a signal comes, before the guest is up, that ends it at once.
// Later the command gets SIGINT, as from a Ctrl-C, and time to end; Run then returns its
// status. The error is a [*Failure] when the guest itself came to no good end.
func (g Guest) Run(ctx context.Context, j Job) (status int, err error) {
	starts, err := g.starts()
	if err != nil {
		return 0, err
	}
	k, err := Fetch(ctx, cmp.Or(g.Kernel, DefaultKernel), g.Progress)
	if err != nil {
		return 0, err
	}
	initramfs, err := g.pack(k, j)
	if err != nil {
		return 0, err
	}
	defer initramfs.Close()
	return g.try(ctx, starts, k, initramfs, j)
}

// try boots in one way after another, until a guest has come up.
func (g Guest) try(ctx context.Context, starts []start, k Kernel, initramfs *os.File, j Job) (status int, err error) {
	for i, s := range starts {
		g.log("booting Linux %s in QEMU (%s%s)", k.Release, s.name, s.note)
		status, err = g.runOnce(ctx, s, k, initramfs, j)
		var failure *Failure
		if s.name != byKVM.name || !errors.As(err, &failure) || failure.Cause == Cancelled {
			return status, err
		}
		why := g.kvm.blame(failure)
		if failure.Up || i+1 == len(starts) {
			return status, err
		}
		g.log("KVM does not run it here (%s): again, by %s", why, starts[i+1].name)
	}
	return status, err
}

// runOnce boots a guest in one way and sees it through.
func (g Guest) runOnce(ctx context.Context, way start, k Kernel, initramfs *os.File, j Job) (status int, err error) {
	m, err := startMachine(way.accelerator, k.Image, initramfs)
	if err != nil {
		return 0, err
	}
	s := newSession(k, m, j)
	defer s.close()
	up := func() {
		if way.name == byKVM.name {
			g.kvm.learn(true, "")
		}
		g.log("the guest was up after %.1f s, and runs %s", time.Since(s.began).Seconds(), j.command())
	}
	if err := s.wait(ctx, way.patience, cmp.Or(g.Limit, DefaultLimit), up); err != nil {
		return 0, err
	}
	if s.status == 0 {
		return 0, s.files.missing()
	}
	return s.status, nil
}

func (g Guest) log(format string, args ...any) {
	if g.Log != nil {
		g.Log(fmt.Sprintf(format, args...))
	}
}

// pack writes the job and all that it takes into a file system.
func (g Guest) pack(k Kernel, j Job) (*os.File, error) {
	o, err := j.order()
	if err != nil {
		return nil, err
	}
	binary := g.Binary
	if binary == "" {
		if binary, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find the lab's own program: %w", err)
		}
	}
	return pack(binary, k, j, o)
}
