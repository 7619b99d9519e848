// A socket with a peer is found by nobody else's datagrams.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	conn, err := net.DialUDP("udp", nil, server)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = conn.Write([]byte("who are you?"))
	if err != nil {
		log.Fatal(err)
	}

	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v: %s\n", conn.RemoteAddr(), buf[:n])
}
