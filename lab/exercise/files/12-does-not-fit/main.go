// Send a report of 66000 bytes to a server, in datagrams. It does not answer.
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
	_, err = conn.Write(report)
	if err != nil {
		log.Fatal(err)
	}
}
