// TCP Fast Open: connect(2) is silent, and the handshake begins in the write(2).
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
)

// The options of include/uapi/linux/tcp.h.
const (
	fastOpenConnect  = 30
	fastOpenNoCookie = 34
)

func main() {
	dialer := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, fastOpenConnect, 1)
			if err == nil {
				err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, fastOpenNoCookie, 1)
			}
		})
		return err
	}}
	conn, err := dialer.Dial("tcp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = fmt.Fprint(conn, "something")
	if err != nil {
		log.Fatal(err)
	}

	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf[:n])
}
