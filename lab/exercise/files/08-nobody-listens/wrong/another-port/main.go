// Another socket hears that nobody listens at another port.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	server, err := net.ResolveUDPAddr("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	u, err := net.ListenPacket("udp4", "")
	check(err)
	u.WriteTo([]byte("something"), server)
	c, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: server.IP, Port: 9})
	check(err)
	c.Write([]byte("x"))
	c.SetReadDeadline(time.Now().Add(time.Second))
	_, err = c.Read(make([]byte, 9))
	fmt.Println(err)
}
