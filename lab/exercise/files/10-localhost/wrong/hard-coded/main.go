// It has the address where the name was: nothing is looked up any more.
package main

import (
	"fmt"
	"log"
	"net"
)

func main() {
	conn, err := net.Dial("udp", "127.0.0.1:1337")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = fmt.Fprint(conn, "anybody home?")
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
