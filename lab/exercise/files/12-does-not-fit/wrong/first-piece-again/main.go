// It has forgotten to go on: each piece is the first.
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

	var report []byte
	for i := range 6000 {
		report = fmt.Appendf(report, "line %05d\n", i+1)
	}
	const room = 1500 - 20 - 8
	for range (len(report) + room - 1) / room {
		_, err = conn.Write(report[:room])
		if err != nil {
			log.Fatal(err)
		}
	}
}
