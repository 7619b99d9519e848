// Two readers, each with a copy of the socket, take turns as it happens. The work is done by
// others.
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

	file, err := conn.(*net.UDPConn).File()
	if err != nil {
		log.Fatal(err)
	}
	second, err := net.FilePacketConn(file)
	if err != nil {
		log.Fatal(err)
	}
	go read(second, queue)
	read(conn, queue)
}

// work does something slow with a datagram.
func work(datagram []byte) {
	time.Sleep(20 * time.Millisecond)
}

// read takes from a socket what comes, and hands it on.
func read(conn net.PacketConn, queue chan<- []byte) {
	for {
		buf := make([]byte, 2048)
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			log.Fatal(err)
		}
		queue <- buf[:n]
	}
}
