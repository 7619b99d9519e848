// It is quick, for it takes a byte of each datagram only. What does not fit is lost.
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

	queue := make(chan []byte, 1000)
	go func() {
		for datagram := range queue {
			work(datagram)
		}
	}()
	for {
		buf := make([]byte, 1)
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
