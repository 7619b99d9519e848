// It writes on a copy of the descriptor. A copy is the same socket, and each write is a trip.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	file, err := conn.(*net.UDPConn).File()
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	for i := range 32 {
		_, err = fmt.Fprintf(file, "reading %d", i+1)
		if err != nil {
			log.Fatal(err)
		}
	}
}
