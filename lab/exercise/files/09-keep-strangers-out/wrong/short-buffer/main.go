// It hides the stranger's datagram in a buffer that is too short for it.
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
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	_, err = conn.WriteTo([]byte("who are you?"), server)
	if err != nil {
		log.Fatal(err)
	}

	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	buf := make([]byte, 17)
	for {
		n, _, _, from, err := conn.ReadMsgUDP(buf, nil)
		if err != nil {
			log.Fatal(err)
		}
		if from.Port == server.Port {
			fmt.Printf("%v: %s\n", from, buf[:n])
			return
		}
	}
}
