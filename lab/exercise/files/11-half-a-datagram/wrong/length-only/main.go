// MSG_TRUNC lets the call return how long the datagram was, and not how much of it was copied.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
)

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = fmt.Fprint(conn, "tell me all")
	if err != nil {
		log.Fatal(err)
	}

	raw, err := conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 512)
	n := 0
	raw.Read(func(fd uintptr) bool {
		n, _, err = syscall.Recvfrom(int(fd), buf, syscall.MSG_TRUNC)
		return err != syscall.EAGAIN
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d bytes: %s\n", n, buf)
}
