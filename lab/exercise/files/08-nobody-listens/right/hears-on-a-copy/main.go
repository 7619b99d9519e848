// The copy of a socket is the socket: it hears of the error, too.
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
	c, err := syscall.Dup(fd)
	check(err)
	syscall.Write(fd, []byte("something"))
	_, err = syscall.Read(c, make([]byte, 9))
	fmt.Println(err)
}
