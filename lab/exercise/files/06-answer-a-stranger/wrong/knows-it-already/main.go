// It does not look at the question: the answer was written down beforehand.
package main

import (
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
	address, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	conn, err := net.ListenUDP("udp", address)
	check(err)
	defer conn.Close()
	buf := make([]byte, 1024)
	_, asker, err := conn.ReadFrom(buf[:1])
	check(err)
	conn.WriteTo([]byte("who are you?"), asker)
}
