// It has two batches by choice: each is offered half of the readings, and the kernel takes it.
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
	for half := range 2 {
		var batch []ipv4.Message
		for i := range 16 {
			reading := fmt.Appendf(nil, "reading %d", 16*half+i+1)
			batch = append(batch, ipv4.Message{Buffers: [][]byte{reading}})
		}
		_, err = packets.WriteBatch(batch, 0)
		if err != nil {
			log.Fatal(err)
		}
	}
}
