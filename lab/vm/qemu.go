package vm

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

const qemuProgram = "qemu-system-x86_64"

// kernelArgs are the guest's kernel command line:
//   - An oops is made a panic, and a panic a reboot, which ends QEMU: a broken
//     guest shows itself at once.
//   - The clock is not compared with others, which takes a moment each time.
//   - Grace periods of RCU are short: detaching hundreds of kprobes waits for them.
//   - Ciphers are not tested at boot: half a second under software emulation.
//   - The last word becomes a variable in init's environment.
const kernelArgs = "console=ttyS0 quiet panic=-1 oops=panic reboot=t tsc=reliable " +
	"rcupdate.rcu_expedited=1 cryptomgr.notests " + GuestEnv + "=1"

// accelerator says how QEMU runs the guest's instructions.
type accelerator struct {
	name string
	args []string
}

// Software emulation has one CPU in every respect: QEMU 7.2 races with itself on
// the kernel's patched text when it has two. And no CMPXCHG16B, whose emulation
// there corrupts flags.
var (
	kvm = accelerator{"KVM", []string{"-accel", "kvm", "-cpu", "host"}}
	tcg = accelerator{"software emulation", []string{"-accel", "tcg", "-cpu", "max,-cx16"}}
)

// chooseAccelerator takes KVM where it works. To open its device is not enough: while
// another hypervisor holds the processor, as VirtualBox does, it makes no machine; and
// in a virtual machine it may make one that refuses the processor's registers. So QEMU
// is asked to make a machine, which it is not to start.
func chooseAccelerator() accelerator {
	fd, err := unix.Open("/dev/kvm", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return tcg
	}
	unix.Close(fd)
	trial := exec.Command(qemuProgram, append(slices.Clone(kvm.args),
		"-no-user-config", "-nodefaults", "-display", "none", "-M", "q35", "-m", "16", "-S", "-monitor", "stdio")...)
	trial.Stdin = strings.NewReader("quit\n")
	if trial.Run() != nil {
		return tcg
	}
	return kvm
}

// Numbers of the files that QEMU inherits, beyond standard input and output.
const (
	initrdFd = 3 + iota
	portFd
	consoleFd
)

// qemuArgs is the whole machine.
func qemuArgs(acc accelerator, image string, memory int64) []string {
	args := []string{
		"-no-user-config", "-nodefaults", "-no-reboot", "-display", "none",
		"-M", "q35", "-smp", "1", "-m", strconv.FormatInt(memory>>20, 10),
		"-kernel", image,
		"-initrd", fmt.Sprintf("/proc/self/fd/%d", initrdFd),
		"-append", kernelArgs,
		"-chardev", fmt.Sprintf("socket,id=port,fd=%d", portFd),
		"-device", "virtio-serial-pci,max_ports=2",
		"-device", "virtserialport,chardev=port,name=" + portName,
		"-chardev", fmt.Sprintf("file,id=console,path=/proc/self/fd/%d", consoleFd),
		"-serial", "chardev:console",
	}
	return append(acc.args, args...)
}

// memoryFor is the memory of a guest in bytes: the initramfs is in it twice while
// it is unpacked, and the root file system may fill half of the memory at most.
// What a guest does not touch costs the host nothing: a small one is at 260 MiB.
func memoryFor(initramfs int64) int64 {
	return 1<<30 + 3*initramfs
}

// machine is a QEMU that runs.
type machine struct {
	port    net.Conn      // where the frames pass
	console *tail         // what the guest's kernel printed
	done    chan struct{} // closed when QEMU has ended
	err     error         // how it ended, once done is closed
	process *os.Process
}

// startMachine boots a kernel with an initramfs.
func startMachine(acc accelerator, image string, initramfs *os.File) (*machine, error) {
	info, err := initramfs.Stat()
	if err != nil {
		return nil, err
	}
	port, portEnd, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("start the guest: %w", err)
	}
	defer portEnd.Close()
	console, consoleEnd, err := os.Pipe()
	if err != nil {
		port.Close()
		return nil, fmt.Errorf("start the guest: %w", err)
	}
	defer consoleEnd.Close()

	cmd := exec.Command(qemuProgram, qemuArgs(acc, image, memoryFor(info.Size()))...)
	cmd.ExtraFiles = []*os.File{initramfs, portEnd, consoleEnd}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		// A Ctrl-C at the terminal is for the command inside, not for QEMU.
		Setpgid: true,
		// Even a lab that is killed leaves no guest behind.
		Pdeathsig: syscall.SIGKILL,
	}
	m := &machine{port: port, console: new(tail), done: make(chan struct{})}
	if err := m.start(cmd, console); err != nil {
		port.Close()
		console.Close()
		return nil, err
	}
	return m, nil
}

// start starts QEMU and follows it to its end. The kernel sends the death signal
// when the *thread* that started QEMU ends, so that one is kept for as long.
func (m *machine) start(cmd *exec.Cmd, console io.ReadCloser) error {
	var complaints tail
	cmd.Stderr = &complaints
	var printed sync.WaitGroup
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		if err := cmd.Start(); err != nil {
			started <- startError(err)
			return
		}
		m.process = cmd.Process
		printed.Go(func() {
			defer console.Close()
			io.Copy(m.console, console)
		})
		started <- nil
		err := cmd.Wait()
		printed.Wait()
		m.err = qemuError(err, complaints.text())
		close(m.done)
	}()
	return <-started
}

func startError(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("start the guest: no %s here: install QEMU (Debian: qemu-system-x86)", qemuProgram)
	}
	return fmt.Errorf("start the guest: %w", err)
}

// qemuError makes one line of how QEMU ended.
func qemuError(err error, complaints string) error {
	lines := strings.Split(strings.TrimSpace(complaints), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return errors.New(last)
	}
	return err
}

// end kills QEMU and waits until it is gone.
func (m *machine) end() {
	m.process.Kill()
	<-m.done
	m.port.Close()
}

// socketPair returns a connection and its other end as a file.
func socketPair() (net.Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	near, far := os.NewFile(uintptr(fds[0]), "guest"), os.NewFile(uintptr(fds[1]), "host")
	defer near.Close() // FileConn makes a copy
	conn, err := net.FileConn(near)
	if err != nil {
		far.Close()
		return nil, nil, err
	}
	return conn, far, nil
}
