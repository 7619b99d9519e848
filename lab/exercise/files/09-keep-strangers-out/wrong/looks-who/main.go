// It looks who has sent each datagram: by then the kernel has handed it over.
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
	conn, err := net.ListenUDP("udp", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = conn.WriteTo([]byte("who are you?"), server)
	if err != nil {
		log.Fatal(err)
	}

	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	buf := make([]byte, 1024)
	for {
		n, from, err := conn.ReadFromUDP(buf)
		if err != nil {
			log.Fatal(err)
		}
		if from.Port == server.Port && from.IP.Equal(server.IP) {
			fmt.Printf("%v: %s\n", from, buf[:n])
			return
		}
	}
}
