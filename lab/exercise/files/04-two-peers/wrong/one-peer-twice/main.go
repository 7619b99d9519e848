// One socket and two datagrams, but both to the first server.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	first, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}

	conn, err := net.ListenPacket("udp", "")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	for _, server := range []*net.UDPAddr{first, first} {
		_, err = conn.WriteTo([]byte("something"), server)
		if err != nil {
			log.Fatal(err)
		}
	}

	buf := make([]byte, 1024)
	for range 2 {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s from %v\n", buf[:n], from)
	}
}
