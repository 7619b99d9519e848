package vm

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

const hostname = "dialpath"

// mounts are the file systems of a guest, in order. The root, and with it /tmp,
// is the unpacked initramfs itself.
var mounts = []struct {
	fstype, at string
	flags      uintptr
	data       string
	required   bool
}{
	{"proc", "/proc", noSuid | unix.MS_NOEXEC, "", true},
	{"sysfs", "/sys", noSuid | unix.MS_NOEXEC, "", true},
	{"devtmpfs", "/dev", unix.MS_NOSUID, "", true},
	{"devpts", "/dev/pts", unix.MS_NOSUID | unix.MS_NOEXEC, "ptmxmode=0666", false},
	{"tmpfs", "/dev/shm", noSuid, "", false},
	{"tracefs", "/sys/kernel/tracing", noSuid | unix.MS_NOEXEC, "", true},
	{"debugfs", "/sys/kernel/debug", noSuid | unix.MS_NOEXEC, "", false},
	{"securityfs", "/sys/kernel/security", noSuid | unix.MS_NOEXEC, "", false},
	{"bpf", "/sys/fs/bpf", noSuid | unix.MS_NOEXEC, "mode=0700", true},
	{"cgroup2", "/sys/fs/cgroup", noSuid | unix.MS_NOEXEC, "", false},
}

const noSuid = unix.MS_NOSUID | unix.MS_NODEV

// mountAll mounts the table.
func mountAll() error {
	for _, m := range mounts {
		err := os.MkdirAll(m.at, 0o755)
		if err == nil {
			err = unix.Mount(m.fstype, m.at, m.fstype, m.flags, m.data)
		}
		if err != nil && m.required && !errors.Is(err, unix.EBUSY) {
			return fmt.Errorf("mount %s at %s: %w", m.fstype, m.at, err)
		}
	}
	return nil
}

// deviceLinks are what udev links in /dev: shells and scripts use them.
var deviceLinks = []struct{ name, to string }{
	{"/dev/fd", "/proc/self/fd"},
	{"/dev/stdin", "/proc/self/fd/0"},
	{"/dev/stdout", "/proc/self/fd/1"},
	{"/dev/stderr", "/proc/self/fd/2"},
}

// furnish makes what programs expect of a running system.
func furnish() error {
	for _, dir := range []string{"/tmp", "/var/tmp", "/run", "/root"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/tmp", "/var/tmp"} {
		if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
			return err
		}
	}
	for _, link := range deviceLinks {
		if err := os.Symlink(link.to, link.name); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	if err := unix.Sethostname([]byte(hostname)); err != nil {
		return fmt.Errorf("set the host name: %w", err)
	}
	return loopbackUp()
}

// loopbackUp is `ip link set lo up`.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}
	ifr.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, ifr); err != nil {
		return fmt.Errorf("bring up lo: %w", err)
	}
	return nil
}

// loadModule is insmod.
func loadModule(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("load module: %w", err)
	}
	defer f.Close()
	if err := unix.FinitModule(int(f.Fd()), "", 0); err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("load module %s: %w", name, err)
	}
	return nil
}
