// The socket that has sent is never read: another one is, which nobody knows.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
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
	o, err := net.ListenPacket("udp4", "127.0.0.1:0")
	check(err)
	o.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	_, _, err = o.ReadFrom(buf)
	fmt.Println(err)
	o.Close()
	conn.Close()
}
