// The socket that is connected is not the one that has asked: both datagrams come for the
// other one's port.
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
	asking, err := net.ListenUDP("udp", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer asking.Close()
	_, err = asking.WriteTo([]byte("who are you?"), server)
	if err != nil {
		log.Fatal(err)
	}

	conn, err := net.DialUDP("udp", nil, server)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(time.Second))
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v: %s\n", conn.RemoteAddr(), buf[:n])
}
