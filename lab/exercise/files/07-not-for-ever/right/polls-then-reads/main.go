// poll(2) waits, and then read(2) asks once.
package main

import (
	"fmt"
	"log"
	"net/netip"
	"os"
	"syscall"
	"unsafe"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	ap := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	sa := &syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK, 0)
	check(err)
	check(syscall.Connect(fd, sa))
	syscall.Write(fd, []byte("something"))
	p := struct {
		fd     int32
		ev, re int16
	}{int32(fd), 1, 0}
	syscall.Syscall(syscall.SYS_POLL, uintptr(unsafe.Pointer(&p)), 1, 300)
	_, err = syscall.Read(fd, make([]byte, 100))
	fmt.Println(err)
	syscall.Close(fd)
}
