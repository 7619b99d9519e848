// Send 32 readings to a server, each in a datagram of its own. It does not answer.
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

	for i := range 32 {
		_, err = fmt.Fprintf(conn, "reading %d", i+1)
		if err != nil {
			log.Fatal(err)
		}
	}
}
