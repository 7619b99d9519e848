// One socket, which is connected anew for each of the servers.
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
	sb := &syscall.SockaddrInet4{Addr: sa.Addr, Port: sa.Port + 1}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	check(err)
	b := make([]byte, 1024)
	for _, s := range []*syscall.SockaddrInet4{sa, sb} {
		check(syscall.Connect(fd, s))
		_, err = syscall.Write(fd, []byte("something"))
		check(err)
		n, err := syscall.Read(fd, b)
		check(err)
		fmt.Printf("%s\n", b[:n])
	}
}
