// The last piece goes first, and each goes twice, in case one is lost; on a copy of the socket.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"slices"
)

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	var report []byte
	for i := range 6000 {
		report = fmt.Appendf(report, "line %05d\n", i+1)
	}
	file, err := conn.(*net.UDPConn).File()
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	pieces := slices.Collect(slices.Chunk(report, 1000))
	for i, piece := range slices.Backward(pieces) {
		numbered := append([]byte{byte(i)}, piece...)
		for range 2 {
			_, err = file.Write(numbered)
			if err != nil {
				log.Fatal(err)
			}
		}
	}
}
