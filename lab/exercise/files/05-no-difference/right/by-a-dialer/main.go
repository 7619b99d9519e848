// net.Dialer's methods are the two functions with more to choose.
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
	local := &net.UDPAddr{IP: net.IPv4(10, 0, 0, 1)}
	dialed, err := (&net.Dialer{LocalAddr: local}).Dial("udp", address)
	check(err)
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", local, remote)
	check(err)
	for _, conn := range []net.Conn{dialed, typed} {
		_, err = fmt.Fprint(conn, "something")
		check(err)
	}
	typed.Close()
	dialed.Close()
}
