// One buffer for all, and addresses that are values.
package main

import (
	"log"
	"net"
	"net/netip"
	"os"
)

func main() {
	local, err := netip.ParseAddrPort(os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(local))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	buf := make([]byte, 2048)
	for {
		n, addr, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			log.Fatal(err)
		}
		_, err = conn.WriteToUDPAddrPort(buf[:n], addr)
		if err != nil {
			log.Fatal(err)
		}
	}
}
