// One buffer, and addresses that are values; but what comes is kept, in a copy.
package main

import (
	"log"
	"net"
	"net/netip"
	"os"
)

var last []byte

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
		last = make([]byte, 1<<16)
		copy(last, buf[:n])
		_, err = conn.WriteToUDPAddrPort(buf[:n], addr)
		if err != nil {
			log.Fatal(err)
		}
	}
}
