// It dials back from the port where it listens, which that socket has already.
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

	back, err := net.DialUDP("udp", address, asker)
	if err != nil {
		log.Fatal(err)
	}
	defer back.Close()
	_, err = back.Write(buf[:n])
	if err != nil {
		log.Fatal(err)
	}
}
