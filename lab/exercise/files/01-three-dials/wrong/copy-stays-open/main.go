// File gives a copy of the socket's descriptor, and that stays open: so does the socket.
package main

import (
	"log"
	"net"
	"os"
	"runtime"
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
	defer runtime.KeepAlive(f)
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
