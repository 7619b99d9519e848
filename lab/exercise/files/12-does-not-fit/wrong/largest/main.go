// It sends the largest datagrams there are. The kernel takes them, and cuts them up.
package main

import (
	"fmt"
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
