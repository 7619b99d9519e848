// A datagram that is too long for one packet leaves in several pieces.
package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"os"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	_, err = conn.Write(bytes.Repeat([]byte("something"), 333))
	check(err)
	buf := make([]byte, 4096)
	n, err := conn.Read(buf)
	check(err)
	fmt.Println(n)
}
