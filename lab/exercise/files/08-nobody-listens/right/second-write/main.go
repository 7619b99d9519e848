// The second write hears what became of the first.
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
	check(syscall.Connect(fd, sa))
	syscall.Write(fd, []byte("something"))
	time.Sleep(200 * time.Millisecond)
	_, err = syscall.Write(fd, []byte("something"))
	fmt.Println(err)
}
