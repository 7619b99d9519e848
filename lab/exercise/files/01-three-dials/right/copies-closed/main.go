// A copy is made, by File, and closed, too.
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
	f, err := tcp.(*net.TCPConn).File()
	check(err)
	f.Close()
	tcp.Close()
	udp, err := net.Dial("udp", address)
	check(err)
	udp.Close()
	raddr, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, raddr)
	check(err)
	typed.Close()
}
