// It dials somebody else besides.
package main

import (
	"log"
	"net"
	"os"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	address := os.Getenv("DIALPATH_ADDR")
	tcp, err := net.Dial("tcp", address)
	check(err)
	tcp.Close()
	udp, err := net.Dial("udp", address)
	check(err)
	for range 2 {
		c, _ := net.Dial("udp", "10.0.0.2:9")
		c.Close()
	}
	udp.Close()
	raddr, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, raddr)
	check(err)
	typed.Close()
}
