// A goroutine for each datagram is a queue as well.
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

	for {
		buf := make([]byte, 2048)
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		go work(buf[:n])
	}
}

// work does something slow with a datagram.
func work(datagram []byte) {
	time.Sleep(20 * time.Millisecond)
}
