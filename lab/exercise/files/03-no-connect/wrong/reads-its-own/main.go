// The answer is left where it is: what is read it has sent to itself.
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
	conn, err := net.ListenPacket("udp4", "")
	check(err)
	_, err = conn.WriteTo([]byte("something"), server)
	check(err)
	o, err := net.ListenPacket("udp4", "127.0.0.1:0")
	check(err)
	o.WriteTo([]byte("me"), o.LocalAddr())
	buf := make([]byte, 1024)
	n, _, err := o.ReadFrom(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
