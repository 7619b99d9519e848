package probes

import "golang.org/x/sys/unix"

const sysDup2 = unix.SYS_DUP2
