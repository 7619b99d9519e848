// The descriptor is passed over a UNIX socket, and the copy is used.
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
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
	check(err)
	check(syscall.Sendmsg(pair[0], []byte("!"), syscall.UnixRights(fd), nil, 0))
	b, oob := make([]byte, 1), make([]byte, 64)
	_, on, _, _, err := syscall.Recvmsg(pair[1], b, oob, 0)
	check(err)
	ms, err := syscall.ParseSocketControlMessage(oob[:on])
	check(err)
	fds, err := syscall.ParseUnixRights(&ms[0])
	check(err)
	c := fds[0]
	syscall.Close(fd)
	_, err = syscall.Write(c, []byte("something"))
	check(err)
	buf := make([]byte, 1024)
	n, err := syscall.Read(c, buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
