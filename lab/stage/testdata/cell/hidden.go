package main

import "golang.org/x/sys/unix"

// hidden are calls after which the kernel does things that nobody is seen to ask for, or that
// make memory which is no process's.
var hidden = []struct {
	what   string
	number uintptr
	args   []uintptr
}{
	{"io_uring_setup", unix.SYS_IO_URING_SETUP, []uintptr{8}},
	{"io_uring_enter", unix.SYS_IO_URING_ENTER, nil},
	{"io_uring_register", unix.SYS_IO_URING_REGISTER, nil},
	{"io_setup", unix.SYS_IO_SETUP, []uintptr{8}},
	{"io_submit", unix.SYS_IO_SUBMIT, nil},
	{"memfd_create", unix.SYS_MEMFD_CREATE, nil},
	{"memfd_secret", unix.SYS_MEMFD_SECRET, nil},
	{"shmget", unix.SYS_SHMGET, []uintptr{0, 4096, unix.IPC_CREAT | 0o600}},
}
