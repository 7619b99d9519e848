package vm

import (
	"context"
	"os"
	"os/exec"
)

// A KVMTrial is what is known of this machine's KVM. A KVM is believed when a guest has
// spoken under it.
type KVMTrial struct {
	Err   error  // of opening its device
	Tried bool   // a guest was started under it, now or earlier since the machine was started
	Works bool   // and spoke
	Why   string // it did not
}

// TryKVM starts a guest under KVM and ends it at its first word, unless it is known from
// earlier guests what comes of that. It takes a second, or four if nothing comes; and it
// tries nothing where there is no QEMU, or no kernel in the cache: see [Fetch].
func TryKVM(ctx context.Context) KVMTrial {
	program, err := os.Executable()
	if err != nil {
		return KVMTrial{}
	}
	return Guest{Binary: program}.tryKVM(ctx)
}

func (g Guest) tryKVM(ctx context.Context) KVMTrial {
	if err := g.kvm.opens(); err != nil {
		return KVMTrial{Err: err}
	}
	if learnt, known := g.kvm.recall(); known {
		return KVMTrial{Tried: true, Works: learnt.Works, Why: learnt.Why}
	}
	k, ok := atHand(DefaultKernel)
	if _, err := exec.LookPath(qemuProgram); err != nil || !ok {
		return KVMTrial{}
	}
	initramfs, err := g.pack(k, Job{})
	if err != nil {
		return KVMTrial{}
	}
	defer initramfs.Close()
	return g.hear(ctx, k, initramfs)
}

// hear waits for a guest's first word under KVM.
func (g Guest) hear(ctx context.Context, k Kernel, initramfs *os.File) KVMTrial {
	m, err := startMachine(byKVM, k.Image, initramfs)
	if err != nil {
		return KVMTrial{}
	}
	s := newConversation(k, m, Job{})
	defer s.close()
	err = s.waitUp(ctx, kvmPatience)
	if err == nil {
		g.kvm.learn(true, "")
		return KVMTrial{Tried: true, Works: true}
	}
	failure, ok := err.(*Failure)
	if !ok || failure.Cause == Cancelled {
		return KVMTrial{}
	}
	if failure.blames() {
		g.kvm.learn(false, failure.reason())
	}
	return KVMTrial{Tried: true, Why: failure.reason()}
}
