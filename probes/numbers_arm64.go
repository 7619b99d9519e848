package probes

// Arm64 has the later calls alone: dup3, ppoll, pselect6 and epoll_pwait.
const (
	sysDup2      = none
	sysPoll      = none
	sysSelect    = none
	sysEpollWait = none
)
