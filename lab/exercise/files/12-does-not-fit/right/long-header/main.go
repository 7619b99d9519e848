// Before each piece it says at length what it is.
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
	i := 0
	for piece := range slices.Chunk(report, 1200) {
		i++
		header := fmt.Sprintf("the report of a gopher, in pieces that go one by one, of which this is number %d: ", i)
		_, err = conn.Write(append([]byte(header), piece...))
		if err != nil {
			log.Fatal(err)
		}
	}
}
