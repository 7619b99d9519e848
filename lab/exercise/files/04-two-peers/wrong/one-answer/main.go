// One socket, but one of the answers is left in its queue.
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
	for range 1 {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s from %v\n", buf[:n], from)
	}
}
