// A bare socket, of which Go gets a copy: the copy is the same socket, and one call is one.
package main

import (
	"fmt"
	"log"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/net/ipv4"
)

func main() {
	server := netip.MustParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	err = syscall.Connect(fd, &syscall.SockaddrInet4{Port: int(server.Port()), Addr: server.Addr().As4()})
	if err != nil {
		log.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "socket")
	conn, err := net.FilePacketConn(file)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	file.Close()

	var batch []ipv4.Message
	for i := range 32 {
		batch = append(batch, ipv4.Message{Buffers: [][]byte{fmt.Appendf(nil, "reading %d", i+1)}})
	}
	n, err := ipv4.NewPacketConn(conn).WriteBatch(batch, 0)
	if err != nil || n < len(batch) {
		log.Fatal(n, err)
	}
}
