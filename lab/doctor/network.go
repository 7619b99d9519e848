package doctor

import (
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// tryNetwork makes a network namespace with a veth pair in it, as the workloads
// will, and lets it go: the kernel drops a namespace with the last that is in it.
func tryNetwork() error {
	done := make(chan error)
	go func() { done <- inThrowAway(addVeth) }()
	return <-done
}

func addVeth() error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "dialpath0"
	return netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "dialpath1"})
}

// inThrowAway runs do in a network namespace of its own. Its goroutine must end
// afterwards: if its thread cannot go home, it stays locked, and dies with it.
func inThrowAway(do func() error) error {
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return fmt.Errorf("open the network namespace: %w", err)
	}
	defer home.Close()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("make a network namespace: %w", err)
	}
	err = do()
	if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
		runtime.UnlockOSThread()
	}
	if err != nil {
		return fmt.Errorf("make a veth pair: %w", err)
	}
	return nil
}
