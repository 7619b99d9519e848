// All three dials, but net.Dial takes the place of net.DialUDP, too.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	for _, network := range []string{"tcp", "udp", "udp4"} {
		conn, err := net.Dial(network, os.Getenv("DIALPATH_ADDR"))
		if err != nil {
			log.Fatal(err)
		}
		conn.Close()
	}
}
