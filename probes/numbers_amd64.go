package probes

import "golang.org/x/sys/unix"

const (
	sysDup2      = unix.SYS_DUP2
	sysPoll      = unix.SYS_POLL
	sysSelect    = unix.SYS_SELECT
	sysEpollWait = unix.SYS_EPOLL_WAIT
)
