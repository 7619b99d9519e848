// IP_RECVERR, and the error is taken from the socket's queue of errors.
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
	b, oob := make([]byte, 100), make([]byte, 200)
	n, on, fl, _, err := syscall.Recvmsg(fd, b, oob, 0x2000)
	fmt.Println(n, on, fl, err, oob[16:on])
}
