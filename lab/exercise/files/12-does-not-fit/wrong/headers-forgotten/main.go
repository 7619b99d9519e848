// It gives the data all of a packet, and has forgotten that the headers need room, too.
package main

import (
	"bytes"
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

	report := bytes.Repeat([]byte("dialpath"), 66000/8)
	for piece := range slices.Chunk(report, room) {
		_, err = conn.Write(piece)
		if err != nil {
			log.Fatal(err)
		}
	}
}
