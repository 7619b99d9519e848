// All three are closed when the program returns.
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
	defer tcp.Close()
	udp, err := net.Dial("udp", address)
	check(err)
	defer udp.Close()
	raddr, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, raddr)
	check(err)
	defer typed.Close()
}
