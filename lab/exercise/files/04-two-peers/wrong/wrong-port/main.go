// The second server is at the next port, not at the one after that.
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
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	for _, s := range []*net.UDPAddr{server, {IP: server.IP, Port: server.Port + 2}} {
		conn, err := net.DialUDP("udp", nil, s)
		check(err)
		conn.Write([]byte("something"))
	}
}
