// Another goroutine closes the socket, which ends the read.
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
	time.AfterFunc(300*time.Millisecond, func() { conn.Close() })
	_, err = conn.Read(buf)
	fmt.Println(err)
}
