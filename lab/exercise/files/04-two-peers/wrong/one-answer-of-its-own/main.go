// One answer is the first server's; the other it has sent to itself.
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
	conn, err := net.ListenPacket("udp4", ":0")
	check(err)
	o, err := net.ListenPacket("udp4", "127.0.0.1:0")
	check(err)
	b := make([]byte, 1024)
	conn.WriteTo([]byte("something"), server)
	n, f, err := conn.ReadFrom(b)
	check(err)
	fmt.Printf("%s %v\n", b[:n], f)
	o.WriteTo([]byte("me"), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: conn.LocalAddr().(*net.UDPAddr).Port})
	n, f, err = conn.ReadFrom(b)
	check(err)
	fmt.Printf("%s %v\n", b[:n], f)
	conn.WriteTo([]byte("something"), second)
}
