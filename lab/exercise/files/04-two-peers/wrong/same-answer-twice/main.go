// The first server's answers are read, twice, and the second's is not.
package main

import (
	"fmt"
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
	second := &net.UDPAddr{IP: server.IP, Port: server.Port + 1}
	conn, err := net.ListenUDP("udp4", nil)
	check(err)
	defer conn.Close()
	b := make([]byte, 1024)
	for range 2 {
		conn.WriteTo([]byte("something"), server)
		n, err := conn.Read(b)
		check(err)
		fmt.Printf("%s\n", b[:n])
	}
	conn.WriteTo([]byte("something"), second)
}
