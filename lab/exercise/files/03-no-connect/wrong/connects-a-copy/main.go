// A copy of the socket is connected, and a copy is the socket. sendmsg(2) needs no name
// then.
package main

import (
	"fmt"
	"log"
	"net"
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
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	ap := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	sa := &syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	conn, err := net.ListenUDP("udp4", nil)
	check(err)
	f, err := conn.File()
	check(err)
	check(syscall.Connect(int(f.Fd()), sa))
	_ = server
	raw, _ := conn.SyscallConn()
	raw.Write(func(fd uintptr) bool { err = syscall.Sendmsg(int(fd), []byte("something"), nil, nil, 0); return true })
	check(err)
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
