// Sent without connect(2), but the answer is left where it is.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.ListenPacket("udp4", "")
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = conn.WriteTo([]byte("something"), server)
	if err != nil {
		log.Fatal(err)
	}
}
