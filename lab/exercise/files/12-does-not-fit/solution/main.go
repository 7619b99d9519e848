// Each piece is as large as a packet of the link can carry.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
)

// room is what a packet of 1500 bytes has for data, beside the headers of IP and UDP.
const room = 1500 - 20 - 8

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
	for len(report) > 0 {
		piece := report[:min(len(report), room)]
		_, err = conn.Write(piece)
		if err != nil {
			log.Fatal(err)
		}
		report = report[len(piece):]
	}
}
