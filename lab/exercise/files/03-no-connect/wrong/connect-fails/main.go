// It calls connect(2) in vain, and then does without.
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
	_, err = net.DialTCP("tcp4", nil, &net.TCPAddr{IP: server.IP, Port: 9})
	fmt.Println(err)
	conn, err := net.ListenPacket("udp4", "")
	check(err)
	_, err = conn.WriteTo([]byte("something"), server)
	check(err)
	buf := make([]byte, 1024)
	n, _, err := conn.ReadFrom(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
