// Receive all that is sent to this server: 400 datagrams in a fifth of a second. What is
// to be done with each takes 20 milliseconds, and may be done later.
package main

import (
	"log"
	"net"
	"os"
	"time"
)

func main() {
	conn, err := net.ListenPacket("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	buf := make([]byte, 2048)
	for {
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		work(buf[:n])
	}
}

// work does something slow with a datagram.
func work(datagram []byte) {
	time.Sleep(20 * time.Millisecond)
}
