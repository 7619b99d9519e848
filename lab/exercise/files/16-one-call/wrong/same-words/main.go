// All its messages share one buffer, so that the server gets the last reading 32 times.
package main

import (
	"fmt"
	"log"
	"net"
	"os"

	"golang.org/x/net/ipv4"
)

func main() {
	conn, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	var batch []ipv4.Message
	var reading []byte
	for i := range 32 {
		reading = fmt.Appendf(reading[:0], "reading %d", i+1)
		batch = append(batch, ipv4.Message{Buffers: [][]byte{reading}})
	}
	packets := ipv4.NewPacketConn(conn.(*net.UDPConn))
	_, err = packets.WriteBatch(batch, 0)
	if err != nil {
		log.Fatal(err)
	}
}
