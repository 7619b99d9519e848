// It answers the first datagram, and no other.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	pc, err := net.ListenPacket("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer pc.Close()

	conn := pc.(*net.UDPConn)
	buf := make([]byte, 2048)
	n, addr, err := conn.ReadFromUDPAddrPort(buf)
	if err != nil {
		log.Fatal(err)
	}
	_, err = conn.WriteToUDPAddrPort(buf[:n], addr)
	if err != nil {
		log.Fatal(err)
	}
}
