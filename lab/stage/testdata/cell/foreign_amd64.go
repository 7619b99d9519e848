package main

import (
	"fmt"
	"syscall"
)

// int80 calls the kernel as a program of 32 bits does. It is in foreign_amd64.s.
func int80(number uint32) int32

// hideForeign calls as programs for other processors do. Getpid has the number 20 there.
func hideForeign() {
	result("getpid by int 0x80", int64(int80(20)))
	const x32 = 0x40000000
	n, _, errno := syscall.RawSyscall(x32|syscall.SYS_GETPID, 0, 0, 0)
	if errno != 0 {
		n = -uintptr(errno)
	}
	result("getpid of x32", int64(n))
}

func result(what string, n int64) {
	if n < 0 {
		fmt.Printf("%s: %v\n", what, syscall.Errno(-n))
		return
	}
	fmt.Println(what, "returned", n)
}
