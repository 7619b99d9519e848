// One answer is looked at and then read: that is one answer.
package main

import (
	"fmt"
	"log"
	"net"
	"net/netip"
	"os"
	"syscall"
	"unsafe"
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
	second := &net.UDPAddr{IP: server.IP, Port: server.Port + 1}
	_ = sa
	conn, err := net.ListenUDP("udp4", nil)
	check(err)
	defer conn.Close()
	b := make([]byte, 1024)
	conn.WriteTo([]byte("something"), server)
	raw, _ := conn.SyscallConn()
	n := 0
	raw.Read(func(fd uintptr) bool {
		n1, _, e := syscall.Syscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&b[0])), 1024, syscall.MSG_PEEK, 0, 0)
		n = int(n1)
		return e == 0
	})
	n, err = conn.Read(b)
	check(err)
	fmt.Printf("%s\n", b[:n])
	conn.WriteTo([]byte("something"), second)
}
