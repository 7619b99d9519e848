// One goroutine reads and another works, but the channel has no room: the one waits for
// the other.
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

	queue := make(chan []byte)
	go func() {
		for datagram := range queue {
			work(datagram)
		}
	}()

	for {
		buf := make([]byte, 2048)
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		queue <- buf[:n]
	}
}

// work does something slow with a datagram.
func work(datagram []byte) {
	time.Sleep(20 * time.Millisecond)
}
