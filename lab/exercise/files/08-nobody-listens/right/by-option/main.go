// A socket without a peer asks for errors by IP_RECVERR.
package main

import (
	"fmt"
	"log"
	"net/netip"
	"os"
	"syscall"
	"time"
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
	check(syscall.SetsockoptInt(fd, 0, 11, 1))
	check(syscall.Sendto(fd, []byte("something"), 0, sa))
	time.Sleep(200 * time.Millisecond)
	_, _, err = syscall.Recvfrom(fd, make([]byte, 9), syscall.MSG_DONTWAIT)
	fmt.Println(err)
}
