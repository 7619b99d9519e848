// Dial a server in three ways, and say nothing. This program is complete: what is asked
// of you is in predict.txt.
package main

import (
	"log"
	"net"
	"os"
)

func main() {
	address := os.Getenv("DIALPATH_ADDR")

	tcp, err := net.Dial("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	tcp.Close()

	udp, err := net.Dial("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	udp.Close()

	raddr, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		log.Fatal(err)
	}
	typed, err := net.DialUDP("udp", nil, raddr)
	if err != nil {
		log.Fatal(err)
	}
	typed.Close()
}
