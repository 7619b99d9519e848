// It asks a thousand times how many bytes there are, by ioctl(2).
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	_, err = fmt.Fprint(conn, "something")
	check(err)
	buf := make([]byte, 1024)
	fdOf := func(c net.Conn) (n int) {
		r, _ := c.(*net.UDPConn).SyscallConn()
		r.Control(func(fd uintptr) { n = int(fd) })
		return
	}
	var q int32
	for range 1000 {
		syscall.Syscall(syscall.SYS_IOCTL, uintptr(fdOf(conn)), 0x541B, uintptr(unsafe.Pointer(&q)))
	}
	conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	_, err = conn.Read(buf)
	fmt.Println(err)
	conn.Close()
}
