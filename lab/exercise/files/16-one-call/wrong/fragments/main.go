// One write, and 32 packets: but those are fragments of one datagram.
package main

import (
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

	_, err = conn.Write(make([]byte, 32*1480-8))
	if err != nil {
		log.Fatal(err)
	}
}
