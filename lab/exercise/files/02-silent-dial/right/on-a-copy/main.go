// It writes and reads on a copy of the socket's descriptor.
package main

import (
	"fmt"
	"log"
	"net/netip"
	"os"
	"syscall"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	ap := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	sa := &syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	check(syscall.Connect(fd, sa))
	n1, _, e := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 50)
	if e != 0 {
		log.Fatal(e)
	}
	c := int(n1)
	_, err = syscall.Write(c, []byte("something"))
	check(err)
	buf := make([]byte, 1024)
	n, err := syscall.Read(c, buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
