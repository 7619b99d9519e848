// It asks for a larger receive buffer, which fills up all the same.
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

	err = conn.(*net.UDPConn).SetReadBuffer(256 << 10)
	if err != nil {
		log.Fatal(err)
	}

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
