// One socket is dialed, and another one, that has no peer, does the talking.
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
	d, err := net.Dial("udp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	defer d.Close()
	conn, err := net.ListenPacket("udp4", "")
	check(err)
	_, err = conn.WriteTo([]byte("something"), server)
	check(err)
	buf := make([]byte, 1024)
	n, _, err := conn.ReadFrom(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
