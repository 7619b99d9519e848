// It receives an address as a value, and makes a net.UDPAddr of it in order to answer.
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
	for {
		n, addr, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			log.Fatal(err)
		}
		_, err = conn.WriteTo(buf[:n], net.UDPAddrFromAddrPort(addr))
		if err != nil {
			log.Fatal(err)
		}
	}
}
