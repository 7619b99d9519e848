// The one is read from, in vain, and the other is not.
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
	address := os.Getenv("DIALPATH_ADDR")
	dialed, err := net.Dial("udp", address)
	check(err)
	remote, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, remote)
	check(err)
	typed.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	typed.Read(make([]byte, 10))
	for _, conn := range []net.Conn{dialed, typed} {
		_, err = fmt.Fprint(conn, "something")
		check(err)
	}
	typed.Close()
	dialed.Close()
}
