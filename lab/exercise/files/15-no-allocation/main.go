// Send back what comes. When the server is warm, which is after ten datagrams, nothing may be
// allocated for a datagram any more.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	conn, err := net.ListenPacket("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	for {
		buf := make([]byte, 2048)
		n, addr, err := conn.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		_, err = conn.WriteTo(buf[:n], addr)
		if err != nil {
			log.Fatal(err)
		}
	}
}
