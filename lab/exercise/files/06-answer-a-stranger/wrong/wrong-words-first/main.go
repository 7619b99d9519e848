// Other words go first, and the right ones come too late: the asker takes what comes
// first.
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
	n, asker, err := conn.ReadFrom(buf)
	check(err)
	conn.WriteTo([]byte("who cares???"), asker)
	conn.WriteTo(buf[:n], asker)
}
