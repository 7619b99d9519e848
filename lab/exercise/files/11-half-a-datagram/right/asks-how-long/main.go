// It asks how long the datagram is, which takes nothing, and makes room for just that.
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
	n := 0
	raw.Read(func(fd uintptr) bool {
		n, _, err = syscall.Recvfrom(int(fd), nil, syscall.MSG_PEEK|syscall.MSG_TRUNC)
		return err != syscall.EAGAIN
	})
	if err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, n)
	n, err = conn.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
}
