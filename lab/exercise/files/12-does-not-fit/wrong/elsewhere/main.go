// It sends the pieces to a port of the server where nobody listens.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"slices"
)

func main() {
	host, _, err := net.SplitHostPort(os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.Dial("udp", net.JoinHostPort(host, "9"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	var report []byte
	for i := range 6000 {
		report = fmt.Appendf(report, "line %05d\n", i+1)
	}
	for piece := range slices.Chunk(report, 1400) {
		conn.Write(piece) // the next one fails, when ICMP has come back
	}
}
