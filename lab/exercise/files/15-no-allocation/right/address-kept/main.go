// A net.UDPAddr is made once for each who asks, and not for each datagram.
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
	known := make(map[netip.AddrPort]net.Addr)
	buf := make([]byte, 2048)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			log.Fatal(err)
		}
		if known[from] == nil {
			known[from] = net.UDPAddrFromAddrPort(from)
		}
		_, err = conn.WriteTo(buf[:n], known[from])
		if err != nil {
			log.Fatal(err)
		}
	}
}
