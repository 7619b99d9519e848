// One datagram, put together by two calls: MSG_MORE holds it back until the second.
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
	check(syscall.Sendto(fd, []byte("some"), syscall.MSG_MORE, sa))
	_, err = syscall.Write(fd, []byte("thing"))
	check(err)
	buf := make([]byte, 1024)
	n, err := syscall.Read(fd, buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
