// It sends the largest datagrams there are. The kernel takes them, and cuts them up.
package main

import (
	"bytes"
	"log"
	"net"
	"os"
	"slices"
)

// room is what is left of 65535 bytes, beside the headers of IP and UDP.
const room = 65535 - 20 - 8

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
