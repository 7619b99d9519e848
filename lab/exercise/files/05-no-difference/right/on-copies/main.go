// A copy is made of each, and all is written on the copies.
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
	address := os.Getenv("DIALPATH_ADDR")
	dialed, err := net.Dial("udp", address)
	check(err)
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, remote)
	check(err)
	for _, conn := range []net.Conn{dialed, typed} {
		f, err := conn.(*net.UDPConn).File()
		check(err)
		c, err := net.FileConn(f)
		check(err)
		f.Close()
		conn.Close()
		_, err = fmt.Fprint(c, "something")
		check(err)
		c.Close()
	}
}
