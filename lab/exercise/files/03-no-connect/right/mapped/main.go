// An IPv6 socket names an IPv4 server.
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
	conn, err := net.ListenPacket("udp", ":0")
	check(err)
	defer conn.Close()
	_, err = conn.WriteTo([]byte("something"), server)
	check(err)
	buf := make([]byte, 1024)
	n, _, err := conn.ReadFrom(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
