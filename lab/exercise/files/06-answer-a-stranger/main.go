// A server: somebody asks, and it answers with the same words. The answer should arrive.
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
	n, err := conn.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("somebody asks: %s\n", buf[:n])

	_, err = conn.Write(buf[:n])
	if err != nil {
		log.Fatal(err)
	}
}
