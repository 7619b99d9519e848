// One socket without a peer: each datagram names its own destination.
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
	second := &net.UDPAddr{IP: first.IP, Port: first.Port + 1}

	conn, err := net.ListenPacket("udp", "")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	for _, server := range []*net.UDPAddr{first, second} {
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
