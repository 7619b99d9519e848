// It gives the data all of a packet, and has forgotten that the headers need room, too.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"slices"
)

// room is the size of the largest packet.
const room = 1500

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
	for piece := range slices.Chunk(report, room) {
		_, err = conn.Write(piece)
		if err != nil {
			log.Fatal(err)
		}
	}
}
