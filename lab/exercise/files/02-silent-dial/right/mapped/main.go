// An IPv6 socket dials the IPv4 server, by writev(2) and recvmsg(2).
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
	fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_DGRAM, 0)
	check(err)
	s6 := &syscall.SockaddrInet6{Port: sa.Port}
	s6.Addr[10], s6.Addr[11] = 0xff, 0xff
	copy(s6.Addr[12:], sa.Addr[:])
	check(syscall.Connect(fd, s6))
	check(syscall.Sendmsg(fd, []byte("something"), nil, nil, 0))
	buf := make([]byte, 1024)
	n, _, _, _, err := syscall.Recvmsg(fd, buf, nil, 0)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
