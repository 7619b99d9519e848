// It asks a thousand times, on a copy of the socket's descriptor.
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
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	_, err = fmt.Fprint(conn, "something")
	check(err)
	buf := make([]byte, 1024)
	f, err := conn.(*net.UDPConn).File()
	check(err)
	rf, _ := f.SyscallConn()
	rf.Control(func(fd uintptr) {
		for range 1000 {
			syscall.Read(int(fd), buf)
		}
	})
	conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	_, err = conn.Read(buf)
	fmt.Println(err)
	f.Close()
	conn.Close()
}
