// It closes the socket on one descriptor, and keeps a copy.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
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
	conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	_, err = conn.Read(buf)
	fmt.Println(err)
	conn.Close()
	time.Sleep(50 * time.Millisecond)
	runtime.KeepAlive(f)
}
