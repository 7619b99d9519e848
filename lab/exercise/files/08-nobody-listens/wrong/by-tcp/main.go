// One socket sends a datagram, and another is refused over TCP.
package main

import (
	"fmt"
	"log"
	"net"
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
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	ap := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	sa := &syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	u, err := net.ListenPacket("udp4", "")
	check(err)
	u.WriteTo([]byte("something"), server)
	time.Sleep(100 * time.Millisecond)
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	check(err)
	fmt.Println(syscall.Connect(fd, sa))
}
