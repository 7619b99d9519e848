package vm_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"unsafe"

	"dialpath/lab/vm"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// acts are the parts that the test binary plays, by name. Each returns its exit
// status.
var acts = map[string]func() int{
	"all":      actAll,
	"wait":     actWait,
	"stubborn": actStubborn,
	"hang":     actHang,
	"panic":    actPanic,
	"host":     actHost,
	"terminal": actTerminal,
	"qemu":     vm.StandIn,
}

// actAll uses everything that a command in a guest can use.
func actAll() int {
	if err := useAll(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 7
}

func useAll(in, out string) error {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return err
	}
	parts := strings.SplitAfter(string(release), ".")
	fmt.Fprintf(os.Stderr, "release %s\nargs %s\n", parts[0]+parts[1], strings.Join(os.Args[1:], " "))
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	names, err := exec.Command("ls").CombinedOutput() // a program of the host, with its libraries
	if err != nil {
		return fmt.Errorf("ls: %w: %s", err, names)
	}
	fmt.Fprintf(os.Stderr, "ls %s", names)
	veth := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "a"}, PeerName: "b"}
	if err := netlink.LinkAdd(veth); err != nil {
		return fmt.Errorf("add veth: %w", err)
	}
	fmt.Fprintln(os.Stderr, "veth up")
	text, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, fmt.Appendf(nil, "%s, %d bytes", text, len(input)), 0o644); err != nil {
		return err
	}
	_, err = os.Stdout.Write(bulkOutput())
	return err
}

// actWait waits for a signal, and leaves it to the signal to end it.
func actWait() int {
	fmt.Println("waiting")
	for {
		unix.Pause()
	}
}

// actStubborn tells of each interrupt, and goes on.
func actStubborn() int {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	fmt.Println("deaf")
	for range c {
		fmt.Println("heard")
	}
	return 0
}

// actTerminal tells how large its terminal is, at first and when that changes, and ends
// with the first interrupt.
func actTerminal() int {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, unix.SIGWINCH)
	for {
		size, err := unix.IoctlGetWinsize(int(os.Stdin.Fd()), unix.TIOCGWINSZ)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Printf("%d rows, %d columns\n", size.Row, size.Col)
		if sig := <-c; sig == os.Interrupt {
			fmt.Fprintln(os.Stderr, "interrupted")
			return 3
		}
	}
}

// actHang takes the only CPU for itself.
func actHang() int {
	if err := os.WriteFile("/proc/sys/kernel/sched_rt_runtime_us", []byte("-1"), 0); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	priority := int32(99)
	_, _, errno := unix.RawSyscall(unix.SYS_SCHED_SETSCHEDULER, 0, unix.SCHED_FIFO, uintptr(unsafe.Pointer(&priority)))
	if errno != 0 {
		fmt.Fprintln(os.Stderr, errno)
		return 1
	}
	for {
		unix.Getpid()
	}
}

// actPanic crashes the kernel.
func actPanic() int {
	err := os.WriteFile("/proc/sysrq-trigger", []byte("c"), 0)
	fmt.Fprintln(os.Stderr, "alive after all:", err)
	return 1
}

// actHost is a lab on the host, which runs a guest until it is killed.
func actHost() int {
	j := job("wait")
	j.Stdout = os.Stdout
	status, err := vm.Guest{}.Run(context.Background(), j)
	fmt.Fprintln(os.Stderr, status, err)
	return status
}
