// Before it writes it joins a multicast group, and the kernel tells the routers of that.
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
	check(syscall.SetsockoptIPMreq(fd, syscall.IPPROTO_IP, syscall.IP_ADD_MEMBERSHIP, &syscall.IPMreq{Multiaddr: [4]byte{239, 1, 2, 3}, Interface: [4]byte{10, 0, 0, 1}}))
	time.Sleep(300 * time.Millisecond)
	check(syscall.Connect(fd, sa))
	_, err = syscall.Write(fd, []byte("something"))
	check(err)
	buf := make([]byte, 1024)
	n, err := syscall.Read(fd, buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
