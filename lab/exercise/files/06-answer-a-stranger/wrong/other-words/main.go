// It answers, but not with what it was asked.
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
	n, asker, err := conn.ReadFrom(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v asks: %s\n", asker, buf[:n])

	_, err = conn.WriteTo([]byte("the answer is 42"), asker)
	if err != nil {
		log.Fatal(err)
	}
}
