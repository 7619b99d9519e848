package workshop

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// caller returns who has called the lab by sudo, if so.
func caller() (uid, gid int, ok bool) {
	uid, uidErr := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, gidErr := strconv.Atoi(os.Getenv("SUDO_GID"))
	return uid, gid, os.Geteuid() == 0 && uidErr == nil && gidErr == nil
}

// asCaller does something with files, with the rights of whoever called sudo. Rights are a
// thread's: this one does nothing else, and ends.
func asCaller(do func() error) error {
	uid, gid, ok := caller()
	if !ok {
		return do()
	}
	result := make(chan error)
	go func() {
		runtime.LockOSThread()
		result <- func() error {
			if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
				return fmt.Errorf("leave root's groups: %w", errno)
			}
			if err := unix.Setfsgid(gid); err != nil {
				return fmt.Errorf("become group %d: %w", gid, err)
			}
			if err := unix.Setfsuid(uid); err != nil {
				return fmt.Errorf("become user %d: %w", uid, err)
			}
			return do()
		}()
	}()
	return <-result
}

// runAsCaller has a command run as whoever called sudo: root is for probes, not for
// compiling what somebody wrote, and the cache should be theirs.
func runAsCaller(cmd *exec.Cmd) {
	uid, gid, ok := caller()
	if !ok {
		return
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if who, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		cmd.Env = append(cmd.Env, "HOME="+who.HomeDir, "USER="+who.Username)
	}
}
