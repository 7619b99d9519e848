// It answers to the port that it listens at itself: the asker has another.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	address, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	buf := make([]byte, 1024)
	n, asker, err := conn.ReadFromUDP(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v asks: %s\n", asker, buf[:n])

	_, err = conn.WriteTo(buf[:n], &net.UDPAddr{IP: asker.IP, Port: address.Port})
	if err != nil {
		log.Fatal(err)
	}
}
