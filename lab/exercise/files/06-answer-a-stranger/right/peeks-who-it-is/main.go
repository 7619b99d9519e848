// Whose it is, it learns by MSG_PEEK, and what it is, by read(2).
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
	_, from, err := syscall.Recvfrom(fd, nil, syscall.MSG_PEEK)
	check(err)
	n, err := syscall.Read(fd, buf)
	check(err)
	check(syscall.Sendto(fd, buf[:n], 0, from))
}
