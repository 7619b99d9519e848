// All datagrams are made first, and given to the kernel together: sendmmsg(2).
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
	for i := range 32 {
		reading := fmt.Appendf(nil, "reading %d", i+1)
		batch = append(batch, ipv4.Message{Buffers: [][]byte{reading}})
	}
	packets := ipv4.NewPacketConn(conn.(*net.UDPConn))
	for len(batch) > 0 { // the kernel may take fewer than it is offered
		n, err := packets.WriteBatch(batch, 0)
		if err != nil {
			log.Fatal(err)
		}
		batch = batch[n:]
	}
}
