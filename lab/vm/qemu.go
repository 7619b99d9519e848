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
//   - The timer is not tried for some ticks of it: where the machine is busy with other
//     things, none come in time, and the kernel gives up ("IO-APIC + timer doesn't work!").
//   - Grace periods of RCU are short: detaching hundreds of kprobes waits for them.
//   - Ciphers are not tested at boot: half a second under software emulation.
//   - The last word becomes a variable in init's environment.
const kernelArgs = "console=ttyS0 quiet panic=-1 oops=panic reboot=t tsc=reliable no_timer_check " +
	"rcupdate.rcu_expedited=1 cryptomgr.notests " + GuestEnv + "=1"

// Numbers of the files that QEMU inherits, beyond standard input and output.
const (
	initrdFd = 3 + iota
	portFd
	consoleFd
	monitorFd
	kernelFd
)

// qemuArgs is the whole machine.
func qemuArgs(acc accelerator, memory int64) []string {
	args := []string{
		"-no-user-config", "-nodefaults", "-no-reboot", "-display", "none",
		"-M", "q35", "-smp", "1", "-m", strconv.FormatInt(memory>>20, 10),
		"-kernel", fmt.Sprintf("/proc/self/fd/%d", kernelFd),
		"-initrd", fmt.Sprintf("/proc/self/fd/%d", initrdFd),
		"-append", kernelArgs + acc.kernelArgs,
		"-chardev", fmt.Sprintf("socket,id=port,fd=%d", portFd),
		"-device", "virtio-serial-pci,max_ports=2",
		"-device", "virtserialport,chardev=port,name=" + portName,
		"-chardev", fmt.Sprintf("file,id=console,path=/proc/self/fd/%d", consoleFd),
		"-serial", "chardev:console",
		"-chardev", fmt.Sprintf("socket,id=monitor,fd=%d", monitorFd),
		"-mon", "chardev=monitor,mode=control",
	}
	return slices.Concat(acc.args, args)
}

// memoryFor is the memory of a guest in bytes: the initramfs is in it twice while
// it is unpacked, and the root file system may fill half of the memory at most.
// What a guest does not touch costs the host nothing: a small one is at 260 MiB.
func memoryFor(initramfs int64) int64 {
	return 1<<30 + 3*initramfs
}

// machine is a QEMU that runs.
type machine struct {
	port       net.Conn      // where the frames pass
	monitor    net.Conn      // where QEMU tells of the guest
	stopped    chan string   // filled when QEMU has stopped the guest by itself
	console    *tail         // what the guest's kernel printed
	complaints *tail         // what QEMU itself did
	done       chan struct{} // closed when QEMU has ended
	err        error         // how it ended, once done is closed
	crashed    bool          // likewise: by a signal that nobody sent
	process    *os.Process
}

// startMachine boots a kernel with an initramfs.
func startMachine(acc accelerator, image string, initramfs *os.File) (*machine, error) {
	info, err := initramfs.Stat()
	if err != nil {
		return nil, err
	}
	kernel, err := openKernel(acc, image)
	if err != nil {
		return nil, fmt.Errorf("start the guest: %w", err)
	}
	defer kernel.Close()
	m := &machine{console: new(tail), complaints: new(tail), done: make(chan struct{})}
	port, portEnd, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("start the guest: %w", err)
	}
	defer portEnd.Close()
	monitor, monitorEnd, err := socketPair()
	if err != nil {
		port.Close()
		return nil, fmt.Errorf("start the guest: %w", err)
	}
	defer monitorEnd.Close()
	m.port, m.monitor = port, monitor
	console, consoleEnd, err := os.Pipe()
	if err != nil {
		m.hangUp()
		return nil, fmt.Errorf("start the guest: %w", err)
	}
	defer consoleEnd.Close()

	cmd := exec.Command(qemuProgram, qemuArgs(acc, memoryFor(info.Size()))...)
	cmd.ExtraFiles = []*os.File{
		initrdFd - 3: initramfs, portFd - 3: portEnd, consoleFd - 3: consoleEnd, monitorFd - 3: monitorEnd, kernelFd - 3: kernel,
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		// A Ctrl-C at the terminal is for the command inside, not for QEMU, which has a
		// process group of its own.
		Setpgid: true,
		// Even a lab that is killed leaves no guest behind.
		Pdeathsig: syscall.SIGKILL,
	}
	if err := m.start(cmd, console); err != nil {
		m.hangUp()
		console.Close()
		return nil, err
	}
	m.stopped = watchMonitor(monitor)
	return m, nil
}

// start starts QEMU and follows it to its end. The kernel sends the death signal
// when the *thread* that started QEMU ends, so that one is kept for as long.
func (m *machine) start(cmd *exec.Cmd, console io.ReadCloser) error {
	cmd.Stderr = m.complaints
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
		m.err, m.crashed = qemuError(err, m.complaints.text()), crashed(err)
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

// crashed tells whether QEMU ended by a signal that it had brought upon itself, as when an
// assertion fails.
func crashed(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && slices.Contains([]syscall.Signal{unix.SIGABRT, unix.SIGSEGV, unix.SIGBUS, unix.SIGILL, unix.SIGFPE}, status.Signal())
}

// end kills QEMU, with all that a wrapper around it may have started, and waits until it
// is gone.
func (m *machine) end() {
	select {
	case <-m.done: // its number may be another's by now
	default:
		unix.Kill(-m.process.Pid, unix.SIGKILL)
		<-m.done
	}
	m.hangUp()
}

// hangUp closes our ends.
func (m *machine) hangUp() {
	m.port.Close()
	m.monitor.Close()
}

// complaint is what QEMU complained of first.
func (m *machine) complaint() string {
	first, _, _ := strings.Cut(strings.TrimSpace(m.complaints.text()), "\n")
	return first
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
