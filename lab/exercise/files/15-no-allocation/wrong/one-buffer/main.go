// There is one buffer, but still a net.Addr for each datagram.
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

	buf := make([]byte, 2048)
	for {
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
