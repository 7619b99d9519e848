// It gives the kernel all readings at once, to be cut into datagrams of ten bytes at the
// end of its path.
package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
)

const (
	udpSegment = 103 // UDP_SEGMENT, of linux/udp.h
	size       = 10  // bytes of a datagram
)

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	raw, err := conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		log.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_UDP, udpSegment, size)
	})
	if err != nil {
		log.Fatal(err)
	}

	var all bytes.Buffer
	for i := range 32 {
		fmt.Fprintf(&all, "reading %02d", i+1)
	}
	_, err = conn.Write(all.Bytes())
	if err != nil {
		log.Fatal(err)
	}
}
