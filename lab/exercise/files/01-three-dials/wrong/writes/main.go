// It writes, too, and then other numbers would be right.
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
	tcp.Write([]byte("hello"))
	tcp.Close()
	udp, err := net.Dial("udp", address)
	check(err)
	for range 3 {
		udp.Write([]byte("x"))
	}
	udp.Close()
	raddr, err := net.ResolveUDPAddr("udp", address)
	check(err)
	typed, err := net.DialUDP("udp", nil, raddr)
	check(err)
	typed.Close()
}
