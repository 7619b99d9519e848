// An empty datagram goes first, and that is what the asker receives.
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
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	check(syscall.Bind(fd, sa))
	buf := make([]byte, 1024)
	n, from, err := syscall.Recvfrom(fd, buf, 0)
	check(err)
	check(syscall.Sendto(fd, nil, 0, from))
	check(syscall.Sendto(fd, buf[:n], 0, from))
}
