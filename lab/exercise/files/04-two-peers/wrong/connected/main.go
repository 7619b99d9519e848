// One socket, but connected to the first server: it cannot name the second.
package main

import (
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

	conn, err := net.DialUDP("udp", nil, first)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = conn.Write([]byte("something"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = conn.WriteTo([]byte("something"), second)
	if err != nil {
		log.Fatal(err) // use of WriteTo with pre-connected connection
	}
}
