package kernel_test

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"dialpath/lab/kernel"
)

// TestErrnos holds the table against the one of golang.org/x/sys, which is this system's.
func TestErrnos(t *testing.T) {
	t.Parallel()
	for n := int64(-1); n < 512; n++ {
		if got, want := kernel.Errno(n), unix.ErrnoName(syscall.Errno(n)); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	if got := kernel.Errno(512); got != "ERESTARTSYS" {
		t.Errorf("512 is %q", got)
	}
	if got := kernel.Errno(1 << 20); got != "" {
		t.Errorf("%d is %q", 1<<20, got)
	}
}
