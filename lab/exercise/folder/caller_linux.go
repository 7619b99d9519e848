package folder

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// caller returns who has called the lab by sudo, if so.
func caller() (uid, gid int, ok bool) {
	uid, uidErr := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, gidErr := strconv.Atoi(os.Getenv("SUDO_GID"))
	return uid, gid, os.Geteuid() == 0 && uidErr == nil && gidErr == nil
}

// asCaller has a command run as whoever called sudo: root is for probes, not for
// compiling what somebody wrote, and the cache should be theirs.
func asCaller(cmd *exec.Cmd) {
	uid, gid, ok := caller()
	if !ok {
		return
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if who, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		cmd.Env = append(cmd.Env, "HOME="+who.HomeDir, "USER="+who.Username)
	}
}

// giveBack gives a file to whoever called sudo.
func giveBack(name string) error {
	uid, gid, ok := caller()
	if !ok {
		return nil
	}
	return os.Lchown(name, uid, gid)
}
