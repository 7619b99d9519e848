// A deadline, but a later one than was asked for.
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
	conn.SetReadDeadline(time.Now().Add(1900 * time.Millisecond))
	_, err = conn.Read(buf)
	fmt.Println(err)
	conn.Close()
}
