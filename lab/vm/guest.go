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
	// Warn takes those of them that tell of something unexpected; nil if Log takes them, too.
	Warn func(string)
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
	if g.Binary == "" {
		if g.Binary, err = os.Executable(); err != nil {
			return 0, fmt.Errorf("find the lab's own program: %w", err)
		}
	}
	initramfs, err := g.pack(k, j)
	if err != nil {
		return 0, err
	}
	defer initramfs.Close()
	return g.try(ctx, starts, k, initramfs, j)
}

// try boots in one way after another, until a guest has come up, and keeps what that
// teaches of KVM.
func (g Guest) try(ctx context.Context, starts []start, k Kernel, initramfs *os.File, j Job) (status int, err error) {
	suspicion := ""
	for i, way := range starts {
		g.log("booting Linux %s in QEMU (%s%s)", k.Release, way.name, way.note)
		status, err = g.runOnce(ctx, way, k, initramfs, j, func() {
			switch {
			case way.name == byKVM.name:
				g.kvm.learn(true, "")
			case suspicion != "":
				g.kvm.learn(false, suspicion)
			}
		})
		var failure *Failure
		if way.name != byKVM.name || !errors.As(err, &failure) || failure.Cause == Cancelled {
			return status, err
		}
		why := failure.reason()
		switch {
		case failure.blames():
			g.kvm.learn(false, why)
		case failure.suspects():
			suspicion = why
		}
		if failure.Up || i+1 == len(starts) {
			return status, err
		}
		g.warn("KVM does not run it here (%s): again, by %s", why, starts[i+1].name)
	}
	return status, err
}

// runOnce boots a guest in one way and sees it through. When it is up, that is called.
func (g Guest) runOnce(ctx context.Context, way start, k Kernel, initramfs *os.File, j Job, up func()) (status int, err error) {
	if err := way.checkOwn(g.Binary); err != nil {
		return 0, err
	}
	m, err := startMachine(way.accelerator, k.Image, initramfs)
	if err != nil {
		return 0, err
	}
	s := newConversation(k, m, j)
	defer s.close()
	err = s.wait(ctx, way.patience+toRead(initramfs), cmp.Or(g.Limit, DefaultLimit), func() {
		up()
		g.log("the guest was up after %.1f s, and runs %s", time.Since(s.began).Seconds(), j.command())
	})
	if err != nil {
		return 0, err
	}
	if s.status == 0 {
		return 0, s.files.missing()
	}
	return s.status, nil
}

// toRead is how much longer a guest may take that has a large file system to unpack.
func toRead(initramfs *os.File) time.Duration {
	const aSecond = 128 << 20 // bytes in which there is at least that
	info, err := initramfs.Stat()
	if err != nil {
		return 0
	}
	return time.Duration(info.Size()/aSecond) * time.Second
}

func (g Guest) log(format string, args ...any) {
	if g.Log != nil {
		g.Log(fmt.Sprintf(format, args...))
	}
}

// warn is log for what is worth a line even where nothing else is said.
func (g Guest) warn(format string, args ...any) {
	if g.Warn != nil {
		g.Warn(fmt.Sprintf(format, args...))
		return
	}
	g.log(format, args...)
}

// pack writes the job and all that it takes into a file system.
func (g Guest) pack(k Kernel, j Job) (*os.File, error) {
	o, err := j.order()
	if err != nil {
		return nil, err
	}
	return pack(g.Binary, k, j, o)
}
