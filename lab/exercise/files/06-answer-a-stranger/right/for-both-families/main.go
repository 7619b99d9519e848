// A socket of IPv6 listens for IPv4, too.
package main

import (
	"log"
	"net"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	conn, err := net.ListenPacket("udp", ":1337")
	check(err)
	buf := make([]byte, 1024)
	n, from, err := conn.ReadFrom(buf)
	check(err)
	conn.WriteTo(buf[:n], from)
}
