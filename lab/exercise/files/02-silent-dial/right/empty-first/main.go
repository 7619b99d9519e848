// A write of no bytes is a write, and sends an empty datagram.
package main

import (
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
	defer conn.Close()
	_, err = conn.Write(nil)
	check(err)
	_, err = fmt.Fprint(conn, "something")
	check(err)
	buf := make([]byte, 1024)
	n := 0
	for n == 0 {
		n, err = conn.Read(buf)
		check(err)
	}
	fmt.Printf("%s\n", buf[:n])
}
