// Its addresses are values, but each datagram gets a buffer of its own, since a goroutine
// answers it.
package main

import (
	"log"
	"net"
	"net/netip"
	"os"
)

func main() {
	pc, err := net.ListenPacket("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	defer pc.Close()

	conn := pc.(*net.UDPConn)
	for {
		buf := make([]byte, 2048)
		n, addr, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			log.Fatal(err)
		}
		go answer(conn, buf[:n], addr)
	}
}

func answer(conn *net.UDPConn, data []byte, addr netip.AddrPort) {
	_, err := conn.WriteToUDPAddrPort(data, addr)
	if err != nil {
		log.Print(err)
	}
}
