// The methods of the messages tell and take an address as a value, too.
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
		n, _, _, addr, err := conn.ReadMsgUDPAddrPort(buf, nil)
		if err != nil {
			log.Fatal(err)
		}
		_, _, err = conn.WriteMsgUDPAddrPort(buf[:n], nil, addr)
		if err != nil {
			log.Fatal(err)
		}
	}
}
