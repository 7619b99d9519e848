// It keeps a copy of each datagram, in pieces of a large block; when that is used up, it
// makes the next one.
package main

import (
	"log"
	"net"
	"net/netip"
	"os"
)

var block []byte

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
		if len(block) < n {
			block = make([]byte, 200)
		}
		block = block[copy(block, buf[:n]):]
		_, err = conn.WriteToUDPAddrPort(buf[:n], addr)
		if err != nil {
			log.Fatal(err)
		}
	}
}
