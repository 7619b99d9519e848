package cell

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Confine has a child be born into namespaces of its own: of processes, so that killing
// the first kills all; of mounts, for the file system; and of IPC and names. The network's
// is that of the thread which starts it. The group may be nil.
func Confine(cmd *exec.Cmd, group *Group) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
	}
	group.admit(cmd.SysProcAttr)
}

// User returns the user and group that the programs of a lab run as, whose process number
// is given: numbers that no machine gives out, so that none of its processes and files is
// within reach; and of each lab its own, since the kernel counts processes by user.
func User(lab int) int { return 1337_0000 + lab }

const (
	// root is where the cell's file system is mounted before it becomes the root. Every
	// machine has the directory, and the child sees nothing else there.
	root = "/sys"

	programName = "/program"
	homeName    = "/home"
)

// bounds of each process's resources.
var bounds = []struct {
	resource int
	most     uint64
}{
	{unix.RLIMIT_DATA, Memory},
	{unix.RLIMIT_NPROC, Threads},
	{unix.RLIMIT_NOFILE, 256},
	{unix.RLIMIT_CORE, 0},
	{unix.RLIMIT_MEMLOCK, 0},
	{unix.RLIMIT_MSGQUEUE, 0},
	{unix.RLIMIT_FSIZE, Disk},
}

// hosts is the cell's /etc/hosts, as Debian makes it.
const hosts = "127.0.0.1\tlocalhost\n::1\tlocalhost\n"

// Make makes the cell of this very process, which was started by way of [Confine], and puts
// a program into it. What it changes is partly the thread's own: the goroutine must be
// locked to it, and the same one has to [Enter].
func Make(program string, uid int) error {
	if err := build(program, uid); err != nil {
		return fmt.Errorf("make a cell for the program: %w", err)
	}
	return nil
}

// Enter gives up all rights and becomes the program, which is told the server's address. It
// returns only if that fails. A lab that is there has the other end of the barrier open.
func Enter(uid int, address string, barrier *os.File) error {
	err := renounce(uid, barrier)
	if err == nil {
		env := []string{"DIALPATH_ADDR=" + address, "HOME=" + homeName, "PATH=/"}
		err = syscall.Exec(programName, []string{programName}, env)
	}
	if errors.Is(err, syscall.ENOENT) {
		err = errors.New("it wants libraries, and there are none in its cell: build it with CGO_ENABLED=0")
	}
	return err
}

func build(program string, uid int) error {
	unix.Umask(0o022)
	file, err := os.Open(program)
	if err != nil {
		return err
	}
	defer file.Close()
	// What is mounted here is to stay here.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts private: %w", err)
	}
	if err := unix.Mount("cell", root, "tmpfs", unix.MS_NOSUID, fmt.Sprintf("size=%d,nr_inodes=1000,mode=755", Disk)); err != nil {
		return fmt.Errorf("mount a file system: %w", err)
	}
	if err := furnish(file, uid); err != nil {
		return err
	}
	if err := unix.Chroot(root); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	return os.Chdir(homeName)
}

// furnish puts into the cell what a program needs.
func furnish(program *os.File, uid int) error {
	for _, dir := range []string{"/etc", "/dev", "/tmp", homeName} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/tmp", homeName} {
		if err := os.Chown(filepath.Join(root, dir), uid, uid); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(root, "/etc/hosts"), []byte(hosts), 0o644); err != nil {
		return err
	}
	null := filepath.Join(root, os.DevNull)
	if err := unix.Mknod(null, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))); err != nil {
		return fmt.Errorf("make %s: %w", os.DevNull, err)
	}
	if err := os.Chmod(null, 0o666); err != nil {
		return err
	}
	at := filepath.Join(root, programName)
	if err := os.WriteFile(at, nil, 0o555); err != nil {
		return err
	}
	from := fmt.Sprintf("/proc/self/fd/%d", program.Fd())
	if err := unix.Mount(from, at, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("put the program there: %w", err)
	}
	return nil
}

// renounce gives up all rights, for good.
func renounce(uid int, barrier *os.File) error {
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"close what it need not have", closeOthers},
		{"forbid new privileges", func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }},
		{"leave all groups", func() error { return syscall.Setgroups(nil) }},
		{"become another group", func() error { return syscall.Setgid(uid) }},
		{"become another user", func() error { return syscall.Setuid(uid) }},
		{"leave root's keys", leaveKeys},
		// That is forgotten when a process becomes another user.
		{"end with the lab", func() error { return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0) }},
		{"see whether the lab is there", func() error { return labLives(barrier) }},
		{"have calls refused", refuse},
		{"bound its resources", bound}, // at last: until now this was a Go program with needs of its own
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// closeOthers has the kernel close all descriptors that the lab was born with, but for the
// first three: by one of a directory the cell could be left.
func closeOthers() error {
	const first = 3
	err := unix.CloseRange(first, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	if !errors.Is(err, unix.ENOSYS) { // 5.11
		return err
	}
	for fd := first; fd < 1<<16; fd++ {
		syscall.CloseOnExec(fd)
	}
	return nil
}

// leaveKeys takes a keyring of its own: root's may hold tickets and keys.
func leaveKeys() error {
	_, err := unix.KeyctlInt(unix.KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) // without a name
	if errors.Is(err, unix.ENOSYS) {
		return nil // a kernel without keys
	}
	return err
}

// labLives fails if the lab went before it could be asked to take this process along.
func labLives(barrier *os.File) error {
	fds := []unix.PollFd{{Fd: int32(barrier.Fd())}}
	if n, err := unix.Poll(fds, 0); err == nil && n > 0 && fds[0].Revents&unix.POLLHUP != 0 {
		return errors.New("the lab has gone")
	}
	return nil
}

func bound() error {
	for _, b := range bounds {
		if err := unix.Setrlimit(b.resource, &unix.Rlimit{Cur: b.most, Max: b.most}); err != nil {
			return err
		}
	}
	return nil
}
