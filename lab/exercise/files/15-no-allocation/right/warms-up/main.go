// The first datagram costs a net.UDPAddr, and all others cost nothing.
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

	buf := make([]byte, 2048)
	n, asker, err := pc.ReadFrom(buf)
	if err != nil {
		log.Fatal(err)
	}
	log.Print("the first to ask is ", asker)
	_, err = pc.WriteTo(buf[:n], asker)
	if err != nil {
		log.Fatal(err)
	}

	conn := pc.(*net.UDPConn)
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
