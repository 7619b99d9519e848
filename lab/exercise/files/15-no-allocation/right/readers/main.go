// Four goroutines, each with a buffer of its own.
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

	for range 3 {
		go serve(conn)
	}
	serve(conn)
}

func serve(conn *net.UDPConn) {
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
