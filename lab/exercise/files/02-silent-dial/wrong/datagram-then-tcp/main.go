// A datagram first, by another socket, and then the server is dialed over TCP.
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
	u, err := net.ListenPacket("udp4", "")
	check(err)
	u.WriteTo([]byte("x"), server)
	conn, err := net.Dial("tcp", os.Getenv("DIALPATH_ADDR"))
	check(err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, "something")
	check(err)
	buf := make([]byte, 1024)
	n, err := conn.Read(buf)
	check(err)
	fmt.Printf("%s\n", buf[:n])
}
