// It uses WriteBatch, but each batch has one message.
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

	packets := ipv4.NewPacketConn(conn.(*net.UDPConn))
	for i := range 32 {
		reading := fmt.Appendf(nil, "reading %d", i+1)
		_, err = packets.WriteBatch([]ipv4.Message{{Buffers: [][]byte{reading}}}, 0)
		if err != nil {
			log.Fatal(err)
		}
	}
}
