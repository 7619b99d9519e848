// It looks at all of the datagram, which is not to take it; and then takes half of it.
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
	buf := make([]byte, 64<<10)
	n := 0
	raw.Read(func(fd uintptr) bool {
		n, _, err = syscall.Recvfrom(int(fd), buf, syscall.MSG_PEEK)
		return err != syscall.EAGAIN
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
	n, err = conn.Read(buf[:512])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
}
