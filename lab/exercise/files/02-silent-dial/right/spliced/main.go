// splice(2) moves the words from a pipe into the socket.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	p := make([]int, 2)
	check(syscall.Pipe(p))
	syscall.Write(p[1], []byte("something"))
	raw, err := conn.(*net.UDPConn).SyscallConn()
	check(err)
	raw.Control(func(fd uintptr) { _, err = syscall.Splice(p[0], nil, int(fd), nil, 9, 0) })
	check(err)
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
