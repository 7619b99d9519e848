// The one receives with flags, and the other without.
package main

import (
	"fmt"
	"log"
	"net"
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
	address := os.Getenv("DIALPATH_ADDR")
	dialed, err := net.Dial("udp", address)
	check(err)
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, remote)
	check(err)
	fdOf := func(c net.Conn) (n int) {
		r, _ := c.(*net.UDPConn).SyscallConn()
		r.Control(func(fd uintptr) { n = int(fd) })
		return
	}
	for _, conn := range []net.Conn{dialed, typed} {
		_, err = fmt.Fprint(conn, "something")
		check(err)
	}
	time.Sleep(50 * time.Millisecond)
	b := make([]byte, 100)
	syscall.Recvfrom(fdOf(dialed), b, syscall.MSG_PEEK)
	syscall.Recvfrom(fdOf(typed), b, syscall.MSG_DONTWAIT)
	typed.Close()
	dialed.Close()
}
