// Two sockets that share a port are two, even if one is known by a copy only.
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
	mk := func() int {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
		check(err)
		check(syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, 15, 1))
		check(syscall.Bind(fd, &syscall.SockaddrInet4{Port: 5555}))
		return fd
	}
	x := mk()
	y := mk()
	c, err := syscall.Dup(y)
	check(err)
	b := make([]byte, 1024)
	sb := &syscall.SockaddrInet4{Addr: sa.Addr, Port: sa.Port + 1}
	check(syscall.Sendto(x, []byte("something"), 0, sa))
	check(syscall.Sendto(c, []byte("something"), 0, sb))
	tv := syscall.Timeval{Usec: 300000}
	for _, fd := range []int{x, y} {
		syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &tv)
	}
	for _, fd := range []int{x, y, x, y} {
		n, _, err := syscall.Recvfrom(fd, b, 0)
		fmt.Println(n, err)
	}
}
