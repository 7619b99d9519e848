// It sends whole pieces only. The rest is shorter than one, and with their headers the pieces
// are 66000 bytes without it.
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
	const room = 1400
	for i := range len(report) / room {
		piece := fmt.Appendf(nil, "piece %04d of the report: ", i+1)
		piece = append(piece, report[i*room:(i+1)*room]...)
		_, err = conn.Write(piece)
		if err != nil {
			log.Fatal(err)
		}
	}
}
