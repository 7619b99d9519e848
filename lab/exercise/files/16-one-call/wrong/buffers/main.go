// The 32 buffers are one message: one system call, and one datagram of them all.
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

	var readings [][]byte
	for i := range 32 {
		readings = append(readings, fmt.Appendf(nil, "reading %d", i+1))
	}
	packets := ipv4.NewPacketConn(conn.(*net.UDPConn))
	_, err = packets.WriteBatch([]ipv4.Message{{Buffers: readings}}, 0)
	if err != nil {
		log.Fatal(err)
	}
}
