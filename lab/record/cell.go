package record

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"dialpath/lab/exercise"
)

// A cell is where a learner's program runs: with a file system of its own that has nothing
// in it but the program and room to write, a private network, a number that no user of the
// machine has, and bounds for memory, processes and files. It can do no harm, and when it
// is killed, so is all that it has started.

// confine has a child be born into namespaces of its own: of processes, so that killing
// the first kills all; of mounts, for the file system; and of IPC and names. The network's
// is that of the thread which starts it.
func confine(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		Pdeathsig:  unix.SIGKILL,
	}
}

const (
	// cellRoot is where the cell's file system is mounted before it becomes the root. Every
	// machine has the directory, and the child sees nothing else there.
	cellRoot = "/sys"

	// cellUser is a user and group that no machine gives out, so that none of its
	// processes and files is within reach.
	cellUser = 1337_1337

	programName = "/program"
	homeName    = "/home"
)

// bounds of the program's resources.
var bounds = []struct {
	resource int
	most     uint64
}{
	{unix.RLIMIT_DATA, exercise.Memory},
	{unix.RLIMIT_NPROC, exercise.Threads},
	{unix.RLIMIT_NOFILE, 256},
	{unix.RLIMIT_CORE, 0},
	{unix.RLIMIT_MEMLOCK, 0},
}

// hosts is the cell's /etc/hosts, as Debian makes it.
const hosts = "127.0.0.1\tlocalhost\n::1\tlocalhost\n"

// becomeProgram makes the cell, waits at the barrier, and becomes the learner's program.
func becomeProgram(barrier *os.File, program, address string) error {
	if err := makeCell(program); err != nil {
		return fmt.Errorf("make a cell for the program: %w", err)
	}
	ready := os.NewFile(readyFD, "ready")
	if err := pass(barrier, ready); err != nil {
		return err
	}
	err := renounce()
	if err == nil {
		env := []string{"DIALPATH_ADDR=" + address, "HOME=" + homeName, "PATH=/"}
		err = syscall.Exec(programName, []string{programName}, env)
	}
	if errors.Is(err, syscall.ENOENT) {
		err = errors.New("it wants libraries, and there are none in its cell: build it with CGO_ENABLED=0")
	}
	ready.WriteString(err.Error())
	os.Exit(1)
	return nil
}

func makeCell(program string) error {
	file, err := os.Open(program)
	if err != nil {
		return err
	}
	defer file.Close()
	// What is mounted here is to stay here.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts private: %w", err)
	}
	if err := unix.Mount("cell", cellRoot, "tmpfs", unix.MS_NOSUID, fmt.Sprintf("size=%d,nr_inodes=1000,mode=755", exercise.Disk)); err != nil {
		return fmt.Errorf("mount a file system: %w", err)
	}
	if err := furnish(file); err != nil {
		return err
	}
	if err := unix.Chroot(cellRoot); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	return os.Chdir(homeName)
}

// furnish puts into the cell what a program needs.
func furnish(program *os.File) error {
	for _, dir := range []string{"/etc", "/dev", "/tmp", homeName} {
		if err := os.Mkdir(filepath.Join(cellRoot, dir), 0o755); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/tmp", homeName} {
		if err := os.Chown(filepath.Join(cellRoot, dir), cellUser, cellUser); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(cellRoot, "/etc/hosts"), []byte(hosts), 0o644); err != nil {
		return err
	}
	null := filepath.Join(cellRoot, os.DevNull)
	if err := unix.Mknod(null, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))); err != nil {
		return fmt.Errorf("make %s: %w", os.DevNull, err)
	}
	if err := os.Chmod(null, 0o666); err != nil { // whatever the umask
		return err
	}
	at := filepath.Join(cellRoot, programName)
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
func renounce() error {
	for _, b := range bounds {
		if err := unix.Setrlimit(b.resource, &unix.Rlimit{Cur: b.most, Max: b.most}); err != nil {
			return fmt.Errorf("bound its resources: %w", err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("forbid new privileges: %w", err)
	}
	if err := syscall.Setgroups(nil); err != nil {
		return fmt.Errorf("leave all groups: %w", err)
	}
	if err := syscall.Setgid(cellUser); err != nil {
		return fmt.Errorf("become another group: %w", err)
	}
	if err := syscall.Setuid(cellUser); err != nil {
		return fmt.Errorf("become another user: %w", err)
	}
	return nil
}
