// Another socket of the same port answers: the asker cannot tell.
package main

import (
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
		check(syscall.Bind(fd, sa))
		return fd
	}
	a := mk()
	buf := make([]byte, 1024)
	n, from, err := syscall.Recvfrom(a, buf, 0)
	check(err)
	b := mk()
	check(syscall.Sendto(b, buf[:n], 0, from))
}
