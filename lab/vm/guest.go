package vm

import (
	"cmp"
	"context"
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
	// Limit is how long the command may run; 0 means [DefaultLimit]. Booting has a
	// limit of its own.
	Limit time.Duration
	// Log takes lines about the course of things; nil throws them away.
	Log func(string)
	// Progress follows the download of a kernel; nil for none.
	Progress Progress
}

// DefaultLimit ends a guest whose command does not come to an end.
const DefaultLimit = 10 * time.Minute

// Run boots a guest, runs one command in it and returns the command's exit
// status: 128 plus the signal if one ended it. Files come back before it returns.
//
// When ctx is cancelled the command gets SIGINT, as from a Ctrl-C, and time to
// end; Run then returns its status. The error is a [*Failure] when the guest
// itself came to no good end.
func (g Guest) Run(ctx context.Context, j Job) (status int, err error) {
	k, err := Fetch(ctx, cmp.Or(g.Kernel, DefaultKernel), g.Progress)
	if err != nil {
		return 0, err
	}
	m, err := g.boot(k, j)
	if err != nil {
		return 0, err
	}
	s := newSession(k, m, j)
	defer s.close()
	if err := s.wait(ctx, cmp.Or(g.Limit, DefaultLimit), g.log); err != nil {
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

// boot packs the job and starts the machine.
func (g Guest) boot(k Kernel, j Job) (*machine, error) {
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
	initramfs, err := pack(binary, k, j, o)
	if err != nil {
		return nil, err
	}
	defer initramfs.Close()
	acc := chooseAccelerator()
	g.log("booting Linux %s in QEMU (%s)", k.Release, acc.name)
	return startMachine(acc, k.Image, initramfs)
}
